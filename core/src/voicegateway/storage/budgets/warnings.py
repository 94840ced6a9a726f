"""Says once a day, whichever process notices first, that a budget is nearly or wholly spent, or
that it kept a call from being made: in the log (the call's own error says the last), and in the
feed for those who follow it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from voicegateway.storage import feed
from voicegateway.storage.book import Book
from voicegateway.storage.budgets.accounts import Account
from voicegateway.storage.days import us_of_datetime
from voicegateway.storage.models import usd
from voicegateway.storage.reads.texts import time_text, usd_text

__all__ = ["tell_blocked", "warn"]

_log = logging.getLogger("voicegateway.budget")

_PERCENTS: Final = (100, 80)
_FIRST: Final = (
    "INSERT INTO meta (name, value) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE meta.value <> excluded.value"
)


@dataclass(frozen=True, slots=True)
class _Budget:
    """One of an account's two. Nano-dollars."""

    name: Literal["daily", "monthly"]
    spent: int
    cap: int
    ends: datetime


def warn(book: Book, account: Account) -> None:
    """Looks at the account's standing; cheap as long as nothing is to be said."""
    for budget in _budgets(account):
        for percent in _PERCENTS:
            if budget.spent and budget.spent * 100 >= budget.cap * percent:
                _say(book, account, budget, percent)
                break


def tell_blocked(book: Book, account: Account) -> None:
    """A call was refused for want of money: of the budget that had less left."""
    budgets = _budgets(account)
    if not budgets:
        return
    budget = min(budgets, key=lambda one: one.cap - one.spent)
    _first(book, account, budget, "blocked")


def _budgets(account: Account) -> list[_Budget]:
    standing, caps = account.standing, account.caps
    found = []
    if caps.daily_nano is not None and standing.day_ends is not None:
        day = _Budget("daily", standing.day_nano, caps.daily_nano, standing.day_ends)
        found.append(day)
    if caps.monthly_nano is not None and standing.month_ends is not None:
        month = _Budget("monthly", standing.month_nano, caps.monthly_nano, standing.month_ends)
        found.append(month)
    return found


def _say(book: Book, account: Account, budget: _Budget, percent: int) -> None:
    if _first(book, account, budget, percent):
        _log.warning(
            "Project %s has spent %d %% of its %s budget: $%s of $%s, until %s",
            account.project,
            percent,
            budget.name,
            usd(budget.spent),
            usd(budget.cap),
            budget.ends.isoformat(timespec="minutes"),
        )


def _first(book: Book, account: Account, budget: _Budget, what: int | str) -> bool:
    """Whether nobody has said it yet today. Then the feed does."""
    name = f"{budget.name} blocked" if what == "blocked" else budget.name
    said = (_today(account, budget), what)
    if account.said.get(name) == said:
        return False
    first = _noted(book, account, budget, what)
    account.said[name] = said
    return first


def _today(account: Account, budget: _Budget) -> str:
    until = account.standing.day_ends or budget.ends
    return f"{until - timedelta(microseconds=1):%Y-%m-%d}"


def _noted(book: Book, account: Account, budget: _Budget, what: int | str) -> bool:
    """False if another process was first."""
    name = f"budget_warning {what} {budget.name} {account.project}"
    with book.writing():
        if not book.connection.change(_FIRST, (name, _today(account, budget))):
            return False
        feed.note(book.connection, "budget", _event(account, budget, what))
    return True


def _event(account: Account, budget: _Budget, what: int | str) -> dict[str, object]:
    return {
        "project": account.project,
        "period": budget.name,
        "reached": what if isinstance(what, str) else f"{what}%",
        "spent_usd": usd_text(budget.spent),
        "limit_usd": usd_text(budget.cap),
        "resets_at": time_text(us_of_datetime(budget.ends)),
    }
