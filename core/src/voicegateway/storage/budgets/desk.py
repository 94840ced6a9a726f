"""The ledger thread's part in budgets: serves draws, and returns what need not be kept."""

from __future__ import annotations

from voicegateway.storage.batch import Running, opening
from voicegateway.storage.book import Book
from voicegateway.storage.budgets import leases
from voicegateway.storage.budgets.accounts import Account, Accounts
from voicegateway.storage.budgets.draws import Draw, Draws, Served, announce, serve
from voicegateway.storage.budgets.warnings import warn
from voicegateway.storage.presence import INSERT_OPEN, Presence
from voicegateway.storage.rows import Key

__all__ = ["Desk"]

_FORGET_OPEN = "DELETE FROM open_attempts WHERE call_id = ? AND attempt = ?"


class Desk:
    """One a writer. `ask` may be called from any thread, all else by the writer's."""

    def __init__(self, accounts: Accounts, presence: Presence) -> None:
        self._accounts = accounts
        self._presence = presence
        self._draws = Draws()
        self._orphans: list[Key] = []

    @property
    def busy(self) -> bool:
        return bool(self._draws)

    def ask(self, draw: Draw) -> None:
        self._draws.add(draw)

    def refuse_all(self, why: str) -> None:
        self._draws.refuse_all(why)

    def serve(self, book: Book) -> None:
        """Raises whatever the engine raises; the draws then wait for the next turn."""
        draws = self._draws.take()
        if not draws and not self._orphans:
            return
        try:
            served = self._reserve(book, draws)
        except BaseException:
            self._draws.put_back(draws)
            raise
        self._orphans = []
        for one in served:
            if one.grant is not None and one.draw.opened is not None:
                running = _running(one.draw)
                self._presence.running.setdefault(running.key, running)
        again, orphans = announce(served, self._accounts)
        self._draws.put_back(again)
        for draw in orphans:
            if draw.opened is not None:
                key = _running(draw).key
                self._presence.running.pop(key, None)
                self._orphans.append(key)

    def hand_back(self, book: Book) -> None:
        """Once a second: look how each budget stands, and return what is more than a fair share."""
        for account in self._accounts.all():
            account.standing = leases.standing(book, self._presence.process_id, account.project)
            warn(book, account)
            given = account.hand_back(account.surplus())
            if given:
                self._return(book, account, given)

    def _reserve(self, book: Book, draws: list[Draw]) -> list[Served]:
        self._presence.show(book, opening_rows=True)
        process_id = self._presence.process_id
        opened = [draw.opened for draw in draws if draw.opened is not None]
        if book.connection.writers_overlap:
            book.dimensions.meet(opened)
            for draw in draws:
                book.dimensions.project(draw.account.project)
        with book.writing():
            book.connection.change_many(_FORGET_OPEN, self._orphans)
            served = serve(book, process_id, draws)
            rows = [
                opening(_running(one.draw), book.dimensions, process_id)
                for one in served
                if one.grant is not None and one.draw.opened is not None
            ]
            book.connection.change_many(INSERT_OPEN, rows)
        return served

    def _return(self, book: Book, account: Account, given: int) -> None:
        try:
            with book.writing():
                leases.hand_back(book, self._presence.process_id, account.project, given)
        except BaseException:
            account.granted(given, account.standing)
            raise


def _running(draw: Draw) -> Running:
    opened = draw.opened
    if opened is None:
        raise AssertionError("only a draw that an attempt waits for has a row")
    return Running(opened.attempt, opened.held_nano)
