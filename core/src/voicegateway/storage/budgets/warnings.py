"""Says once a day, whichever process notices first, that a budget is nearly or wholly spent."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from voicegateway.storage.book import Book
from voicegateway.storage.budgets.accounts import Account
from voicegateway.storage.models import usd

__all__ = ["warn"]

_log = logging.getLogger("voicegateway.budget")

_PERCENTS: Final = (100, 80)
_FIRST: Final = (
    "INSERT INTO meta (name, value) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE meta.value <> excluded.value"
)


def warn(book: Book, account: Account) -> None:
    """Looks at the account's standing; cheap as long as nothing is to be said."""
    standing, caps = account.standing, account.caps
    for period, spent, cap, ends in (
        ("daily", standing.day_nano, caps.daily_nano, standing.day_ends),
        ("monthly", standing.month_nano, caps.monthly_nano, standing.month_ends),
    ):
        if cap is None or ends is None:
            continue
        for percent in _PERCENTS:
            if spent and spent * 100 >= cap * percent:
                _say(book, account, period, percent, spent, cap, ends)
                break


def _say(
    book: Book, account: Account, period: str, percent: int, spent: int, cap: int, ends: datetime
) -> None:
    until = account.standing.day_ends or ends
    which = f"{until - timedelta(microseconds=1):%Y-%m-%d}"
    if account.said.get(period) == (which, percent):
        return
    account.said[period] = (which, percent)
    name = f"budget_warning {percent} {period} {account.project}"
    if book.connection.change(_FIRST, (name, which)):
        _log.warning(
            "Project %s has spent %d %% of its %s budget: $%s of $%s, until %s",
            account.project,
            percent,
            period,
            usd(spent),
            usd(cap),
            ends.isoformat(timespec="minutes"),
        )
