"""Leases in the database. Every function runs inside a writing transaction.

At every instant, what is settled and what is leased are together at most the cap: a lease grows
only here, after looking, and a cost is settled in the transaction that makes its lease smaller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from voicegateway.storage.book import Book
from voicegateway.storage.budgets.standing import Caps, Standing
from voicegateway.storage.days import date_of_day, datetime_of_us, day_of_date
from voicegateway.storage.engine import Connection

__all__ = ["draw", "forget_process", "hand_back", "owned", "restore", "spend", "standing"]

_TURN: Final = (
    "INSERT INTO budget_draws (project_id, draws) VALUES (?, 1) "
    "ON CONFLICT (project_id) DO UPDATE SET draws = budget_draws.draws + 1"
)
# Leases are read before what is settled: a cost that is booked in between makes the one smaller
# and the other larger, so the sum can only look too large.
_LEASED: Final = (
    "SELECT CAST(COALESCE(SUM(amount_nano), 0) AS BIGINT), "
    "CAST(COALESCE(SUM(CASE WHEN amount_nano > 0 THEN 1 ELSE 0 END), 0) AS BIGINT), "
    "CAST(COALESCE(SUM(CASE WHEN process_id = ? THEN amount_nano ELSE 0 END), 0) AS BIGINT) "
    "FROM budget_leases WHERE project_id = ?"
)
_SETTLED: Final = (
    "SELECT CAST(COALESCE(SUM(cost_nano), 0) AS BIGINT), "
    "CAST(COALESCE(SUM(CASE WHEN day = ? THEN cost_nano ELSE 0 END), 0) AS BIGINT) "
    "FROM rollup_days WHERE day >= ? AND day < ? AND project_id = ?"
)
_ADD: Final = (
    "INSERT INTO budget_leases (project_id, process_id, amount_nano) VALUES (?, ?, ?) "
    "ON CONFLICT (project_id, process_id) "
    "DO UPDATE SET amount_nano = budget_leases.amount_nano + excluded.amount_nano"
)
_LESS: Final = (
    "UPDATE budget_leases SET amount_nano = CASE WHEN amount_nano > ? THEN amount_nano - ? ELSE 0 "
    "END WHERE project_id = ? AND process_id = ?"
)
_OWNED: Final = "SELECT project_id, amount_nano FROM budget_leases WHERE process_id = ?"
_FORGET: Final = "DELETE FROM budget_leases WHERE process_id = ?"
_DROP_EMPTY: Final = (
    "DELETE FROM budget_leases WHERE project_id = ? AND process_id = ? AND amount_nano = 0"
)


def draw(
    book: Book, process_id: int, project: str, caps: Caps, need: int
) -> tuple[int | None, Standing]:
    """Reserve at least `need` more (below 0 if the lease has as much to spare), and this process's
    fair share if that is more. None if the cap leaves no room for the need."""
    project_id = book.dimensions.project(project)
    book.connection.change(_TURN, (project_id,))
    now = standing(book, process_id, project)
    slack = now.slack(caps)
    processes = now.processes + (0 if now.own_nano else 1)
    grant = max(0, need)
    if slack is not None:
        if grant > max(0, slack):
            return None, now
        grant = max(grant, slack // (2 * processes) + min(0, need))
    if grant:
        book.connection.change(_ADD, (project_id, process_id, grant))
    leased, own = now.leased_nano + grant, now.own_nano + grant
    return grant, replace(now, leased_nano=leased, own_nano=own, processes=processes)


def standing(book: Book, process_id: int, project: str) -> Standing:
    """What is settled and leased now. `process_id` -1 for somebody who only looks."""
    project_id = book.dimensions.project(project)
    connection = book.connection
    ((leased, processes, own),) = connection.execute(_LEASED, (process_id, project_id))
    today = book.days.day_of(connection.now_us())
    first, end = month_of(today)
    ((month, day),) = connection.execute(_SETTLED, (today, first, end, project_id))
    day_ends, month_ends = (
        datetime_of_us(book.days.start_of(one)).astimezone(book.days.zone)
        for one in (today + 1, end)
    )
    return Standing(day, month, leased, own, processes, day_ends, month_ends)


def month_of(day: int) -> tuple[int, int]:
    """The first day of the month that `day` is in, and of the next."""
    first = date_of_day(day).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return day_of_date(first), day_of_date(after)


def spend(connection: Connection, process_id: int, project_id: int, nano: int) -> None:
    """A cost of this process was settled in this transaction."""
    connection.change(_LESS, (nano, nano, project_id, process_id))


def hand_back(book: Book, process_id: int, project: str, nano: int) -> None:
    project_id = book.dimensions.project(project)
    book.connection.change(_LESS, (nano, nano, project_id, process_id))
    book.connection.change(_DROP_EMPTY, (project_id, process_id))


def owned(connection: Connection, process_id: int) -> dict[int, int]:
    """What a process has leased, by project."""
    return dict(connection.execute(_OWNED, (process_id,)))


def restore(connection: Connection, process_id: int, amounts: Mapping[int, int]) -> None:
    """What was settled by mistake, and is taken back in this transaction, is leased again."""
    for project_id, nano in sorted(amounts.items()):
        connection.change(_TURN, (project_id,))
        connection.change(_ADD, (project_id, process_id, nano))


def forget_process(connection: Connection, process_id: int) -> None:
    """The process is dead and what it held is settled: its leases return."""
    connection.change(_FORGET, (process_id,))
