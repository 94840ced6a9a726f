"""Writes a batch of records in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import localcontext
from typing import Final

from voicegateway.storage.batch import Running, coalesce, opening
from voicegateway.storage.book import Book
from voicegateway.storage.budgets import leases
from voicegateway.storage.budgets.accounts import Account, Accounts
from voicegateway.storage.codes import ABANDONED, BASIS_CODE, EXACT, UNIT_COLUMNS, dense, sparse
from voicegateway.storage.engine import Value
from voicegateway.storage.models import AttemptCheckpointed, AttemptClosed, LedgerRecord
from voicegateway.storage.presence import INSERT_OPEN, Presence
from voicegateway.storage.reaper import settle_one
from voicegateway.storage.rollups import Deltas
from voicegateway.storage.rows import Closed, Key, closed

__all__ = ["FORGET_OPEN", "forsake", "post"]

_SLICE: Final = 64
"""Rows encoded between two visits to the database, which let other threads have the GIL: about
a millisecond, however large the batch."""
_REMOTE_SLICE: Final = 256
"""The same where each visit is a journey, during which other threads have it for longer."""
FORGET_OPEN: Final = "DELETE FROM open_attempts WHERE call_id = ? AND attempt = ?"
_CHECKPOINT: Final = (
    "UPDATE open_attempts SET checkpoint_us = ?, unit_basis = ?, cost_nano = ?, "  # noqa: S608 - our own names
    f"{', '.join(f'{name} = ?' for name in UNIT_COLUMNS)} "
    "WHERE call_id = ? AND attempt = ? AND (checkpoint_us IS NULL OR checkpoint_us < ?)"
)


def post(
    records: Sequence[LedgerRecord], book: Book, presence: Presence, accounts: Accounts
) -> None:
    """Makes the records durable, all or none. Raises whatever the engine raises."""
    batch = coalesce(records)
    keys = sorted(batch)
    presence.show(book, opening_rows=any(entry.closed is None for entry in batch.values()))
    accounts.unspent()
    if book.connection.writers_overlap:
        book.dimensions.meet(records)
    with localcontext(EXACT), book.writing() as deltas:
        known = book.known(keys)
        ended = [key for key in keys if batch[key].closed is not None]
        going = [batch[key] for key in keys if batch[key].closed is None and key not in known]
        _close(book, [batch[key] for key in ended], known, presence, deltas)
        book.connection.change_many(FORGET_OPEN, ended)
        _open(book, going, presence.process_id)
        book.news.opened(entry.key for entry in going if entry.key not in presence.running)
        _spend(book, deltas, presence.process_id, accounts)
    _remember(presence, going, ended)
    accounts.booked()
    for key in ended:
        _release(batch[key], accounts)


def forsake(record: AttemptClosed, book: Book, presence: Presence, accounts: Accounts) -> None:
    """The end of an attempt, which the database refuses to store: it counts as abandoned, so that
    what it held is neither forgotten nor held for ever. Raises whatever the engine raises."""
    entry = Running(record.attempt)
    presence.running.pop(entry.key, None)
    try:
        with localcontext(EXACT), book.writing() as deltas:
            settle_one(book, entry.key, deltas)
            _spend(book, deltas, presence.process_id, accounts)
        accounts.booked()
    finally:
        _release(entry, accounts)


def _release(entry: Running, accounts: Accounts) -> None:
    account = accounts.get(entry.attempt.project)
    if account is not None:
        account.release(entry.key)


def _spend(book: Book, deltas: Deltas, process_id: int, accounts: Accounts) -> None:
    """What is settled in this transaction is no longer leased. The last thing before the commit."""
    spent: list[tuple[Account, int]] = []
    for account in sorted(accounts.all(), key=lambda account: account.project):
        project_id = book.dimensions.project(account.project)
        nano = deltas.cost_of(project_id)
        if nano > 0:
            leases.spend(book.connection, process_id, project_id, nano)
            spent.append((account, nano))
    accounts.expect(spent)


def _close(
    book: Book,
    entries: list[Running],
    known: dict[Key, int],
    presence: Presence,
    deltas: Deltas,
) -> None:
    rows: list[Closed] = []
    most = _REMOTE_SLICE if book.connection.writers_overlap else _SLICE
    for entry in entries:
        if len(rows) >= most:
            book.close(rows, deltas)
            rows = []
        outcome = known.get(entry.key)
        if outcome == ABANDONED:
            # A reaper took this process for dead and guessed. What the call really consumed has
            # come after all, so the guess goes out of row and rollups, and the truth in.
            book.take_back(entry.key, deltas)
        elif outcome is not None:
            continue
        opened = presence.running.get(entry.key)
        held = entry.held_nano if opened is None else opened.held_nano
        if entry.closed is not None:
            rows.append(closed(entry.closed, book.dimensions, presence.process_id, held))
    book.close(rows, deltas)


def _open(book: Book, entries: list[Running], process_id: int) -> None:
    rows = [opening(entry, book.dimensions, process_id) for entry in entries]
    book.connection.change_many(INSERT_OPEN, rows)
    checkpoints = [entry.checkpoint for entry in entries if entry.checkpoint is not None]
    book.connection.change_many(_CHECKPOINT, [_measured(record) for record in checkpoints])


def _measured(record: AttemptCheckpointed) -> tuple[Value, ...]:
    return (
        record.at_us,
        BASIS_CODE[record.basis],
        record.cost_nano,
        *dense(sparse(record.units)),
        record.attempt.call_id,
        record.attempt.attempt,
        record.at_us,
    )


def _remember(presence: Presence, going: list[Running], ended: list[Key]) -> None:
    for entry in going:
        before = presence.running.setdefault(entry.key, entry)
        if before is not entry and entry.checkpoint is not None:
            before.learn(entry.checkpoint)
        if before is not entry and before.held_nano is None:
            before.held_nano = entry.held_nano
    for key in ended:
        presence.running.pop(key, None)
