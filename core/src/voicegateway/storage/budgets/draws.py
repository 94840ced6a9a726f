"""A request for budget, from the agent's thread to the ledger's, which alone writes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from voicegateway.storage.book import Book
from voicegateway.storage.budgets import leases
from voicegateway.storage.budgets.accounts import Account
from voicegateway.storage.budgets.standing import Standing
from voicegateway.storage.models import AttemptOpened
from voicegateway.storage.rows import Key

__all__ = ["NO_ROOM", "Draw", "Draws", "Served", "announce", "serve"]

NO_ROOM: Final = "cap"
"""Why a draw was refused: what is left under the cap does not suffice."""


@dataclass(slots=True, eq=False)
class Draw:
    """Ask for `need_nano` to hold, of which the account may have a part free. With `opened`, an
    attempt waits for it and its open row is written in the transaction of the grant. Without a
    `key`, a fair share is drawn ahead of need."""

    account: Account
    need_nano: int = 0
    key: Key | None = None
    """Whose hold it is: the attempt that waits, or one that runs and needs more."""
    opened: AttemptOpened | None = None
    done: threading.Event = field(default_factory=threading.Event)
    refused: str | None = None
    """None if it was granted; `cap`, or a sentence that says what kept the ledger from it."""
    chances: int = 3
    """How often it may be refused before that counts, while costs wait to be booked: those may
    turn out to be less than what is held for them."""
    tried: bool = False
    """Its open row was written, or may have been: a commit may succeed and nobody hear of it."""
    _given_up: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def given_up(self) -> bool:
        return self._given_up

    def give_up(self, why: str) -> None:
        """Nobody waits any longer. If it was granted at that very moment, it counts as granted."""
        with self._lock:
            if not self.done.is_set():
                self._given_up, self.refused = True, why

    def refuse(self, why: str) -> None:
        with self._lock:
            if not self._given_up:
                self.refused = why
                self.done.set()

    def grant(self, amount: int, standing: Standing) -> bool:
        """The ledger reserved `amount`. False if the hold could not be taken: another thread was
        faster, or nobody waits any longer; the amount is then free."""
        with self._lock:
            self.account.granted(amount, standing)
            if self._given_up:
                return False
            if self.key is not None and not self.account.take(self.key, self.need_nano):
                return False
            self.done.set()
            return True


class Draws:
    """Those that wait. Added by any thread, served by the ledger's."""

    def __init__(self) -> None:
        self._waiting: deque[Draw] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, draw: Draw) -> None:
        self._waiting.append(draw)

    def take(self) -> list[Draw]:
        """All that are there, in an order that lets two processes never wait for each other."""
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        return sorted(taken, key=lambda draw: draw.account.project)

    def put_back(self, draws: Iterable[Draw]) -> None:
        self._waiting.extend(draws)


@dataclass(frozen=True, slots=True)
class Served:
    """What became of a draw, in a transaction that is yet to be committed."""

    draw: Draw
    grant: int | None
    standing: Standing


def serve(book: Book, process_id: int, draws: Iterable[Draw]) -> list[Served]:
    """Inside a transaction: reserve for each what it needs, as far as the caps allow."""
    served: list[Served] = []
    left: dict[str, int] = {}
    for draw in draws:
        account = draw.account
        free = left.get(account.project)
        if free is None:
            free = account.free()
        grant, standing = leases.draw(
            book, process_id, account.project, account.caps, draw.need_nano - free
        )
        if grant is not None:
            free += grant - (draw.need_nano if draw.key is not None else 0)
        left[account.project] = free
        served.append(Served(draw, grant, standing))
    return served


def announce(served: Iterable[Served], *, unbooked: bool) -> list[Draw]:
    """After the commit: tell those who wait. Returns the draws to which more is to be done: those
    whose hold could not be taken, since another thread took what was theirs or nobody waits any
    longer; those to be tried again, since there are unbooked costs; and those that were refused
    although an open row may have been written for them."""
    rest: list[Draw] = []
    for one in served:
        draw = one.draw
        draw.account.standing = one.standing
        if one.grant is None and unbooked and draw.chances:
            draw.chances -= 1
            rest.append(draw)
        elif one.grant is None:
            draw.refuse(NO_ROOM)
            if draw.tried:
                rest.append(draw)
        elif not draw.grant(one.grant, one.standing):
            rest.append(draw)
    return rest
