"""The ledger thread's part in budgets: serves draws, and returns what need not be kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from voicegateway.storage.batch import Running, opening
from voicegateway.storage.book import Book
from voicegateway.storage.budgets import leases
from voicegateway.storage.budgets.accounts import Accounts
from voicegateway.storage.budgets.draws import NO_ROOM, Draw, Draws, Served, announce, serve
from voicegateway.storage.budgets.warnings import tell_blocked, warn
from voicegateway.storage.presence import INSERT_OPEN, Presence
from voicegateway.storage.rows import Key

__all__ = ["Desk"]

_FORGET_OPEN: Final = "DELETE FROM open_attempts WHERE call_id = ? AND attempt = ?"


class Desk:
    """One a writer. `ask` and `forget` may be called from any thread, all else by the writer's."""

    def __init__(self, accounts: Accounts, presence: Presence) -> None:
        self._accounts = accounts
        self._presence = presence
        self._draws = Draws()
        self._unmade: deque[Key] = deque()
        """Attempts whose open row was written, or may have been, and that were never made."""

    @property
    def busy(self) -> bool:
        return bool(self._draws or self._unmade)

    def ask(self, draw: Draw) -> None:
        self._draws.add(draw)

    def forget(self, key: Key) -> None:
        """The attempt was admitted and will not be made."""
        if key in self._presence.running:
            self._unmade.append(key)

    def refuse_all(self, why: str) -> None:
        for draw in self._draws.take():
            draw.refuse(why)
            self._left(draw)

    def serve(self, book: Book, *, unbooked: bool) -> None:
        """`unbooked`: whether costs wait to be booked. Raises whatever the engine raises; the draws
        then wait for the next turn."""
        if not self.busy:
            return
        draws = self._wanted()
        gone = [self._unmade.popleft() for _ in range(len(self._unmade))]
        try:
            served = self._reserve(book, draws, gone)
        except BaseException:
            for draw in draws:
                draw.tried = True
            self._draws.put_back(draws)
            self._unmade.extend(gone)
            raise
        for key in gone:
            self._presence.running.pop(key, None)
        for running in _rows(served):
            self._presence.running.setdefault(running.key, running)
        granted = {id(one.draw) for one in served if one.grant is not None}
        for draw in announce(served, unbooked=unbooked):
            draw.tried |= id(draw) in granted
            if draw.refused is not None:
                self._left(draw)
            else:
                self._draws.put_back([draw])
        blocked = {draw.account.project: draw.account for draw in draws if draw.refused == NO_ROOM}
        for account in blocked.values():
            tell_blocked(book, account)

    def clear(self, book: Book) -> None:
        """Inside the ledger's last transaction: what was never made is not settled as abandoned."""
        book.connection.change_many(_FORGET_OPEN, list(self._unmade))

    def hand_back(self, book: Book) -> None:
        """Once a second: look how each budget stands, and return what is more than a fair share."""
        for account in self._accounts.all():
            if not account.due():
                continue
            account.standing = leases.standing(book, self._presence.process_id, account.project)
            account.corrected(account.standing.own_nano)
            warn(book, account)
            given = account.hand_back(account.surplus())
            if given:
                # Should this fail, the next look finds the lease as it was.
                with book.writing():
                    leases.hand_back(book, self._presence.process_id, account.project, given)

    def _wanted(self) -> list[Draw]:
        wanted = []
        for draw in self._draws.take():
            if draw.given_up:
                self._left(draw)
            else:
                wanted.append(draw)
        return wanted

    def _left(self, draw: Draw) -> None:
        """Nobody will make the attempt that the draw was for."""
        if draw.tried and draw.opened is not None:
            self._unmade.append((draw.opened.attempt.call_id, draw.opened.attempt.attempt))

    def _reserve(self, book: Book, draws: list[Draw], gone: list[Key]) -> list[Served]:
        self._presence.show(book, opening_rows=True)
        process_id = self._presence.process_id
        opened = [draw.opened for draw in draws if draw.opened is not None]
        if book.connection.writers_overlap:
            book.dimensions.meet(opened)
            for draw in draws:
                book.dimensions.project(draw.account.project)
        with book.writing():
            book.connection.change_many(_FORGET_OPEN, gone)
            served = serve(book, process_id, draws)
            granted = _rows(served)
            rows = [opening(running, book.dimensions, process_id) for running in granted]
            book.connection.change_many(INSERT_OPEN, rows)
            running = self._presence.running
            book.news.opened(one.key for one in granted if one.key not in running)
        return served


def _rows(served: Iterable[Served]) -> list[Running]:
    """The open rows that go with the grants."""
    granted = [one.draw.opened for one in served if one.grant is not None]
    return [Running(one.attempt, one.held_nano) for one in granted if one is not None]
