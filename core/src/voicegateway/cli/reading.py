"""How commands that read the ledger open it, and which period they mean.

The ledger is imported here only when it is read: `--help` would wait 100 ms for it.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voicegateway.core.config import LedgerPlace
    from voicegateway.storage.engine import EngineFactory
    from voicegateway.storage.queries import Period, Reader

__all__ = ["chosen_period", "ledger_of", "reading", "usage_folder"]


@contextmanager
def reading(config: Path | None) -> Iterator[tuple[Reader, LedgerPlace]]:
    """The ledger that the config, or its absence, points at."""
    from voicegateway.core.config import ledger_place

    place = ledger_place(config)
    with ledger_of(place) as reader:
        yield reader, place


def ledger_of(place: LedgerPlace) -> Reader:
    from voicegateway.storage.queries import open_reader

    return open_reader(place.target, engine_factory=_engine(place.target))


def _engine(target: str) -> EngineFactory | None:
    from voicegateway.storage.targets import scheme_of

    if scheme_of(target) is None:
        return None
    from voicegateway.core.engines import engine_factory  # scans what is installed

    return engine_factory(target)


def usage_folder(target: str) -> Path:
    """Where vendors' exports are kept: beside the ledger, or in the user's folder where the ledger
    is no file."""
    from pathlib import Path

    from voicegateway.core.config import user_folder

    beside = user_folder() if "://" in target else Path(target).parent
    return beside / "usage-exports"


def chosen_period(
    timezone: str, *, today: bool, week: bool, month: bool, start: str | None, end: str | None
) -> Period:
    """The one period that the options name; without any, this month."""
    from voicegateway.storage.queries import between, period_named

    if sum((today, week, month, bool(start or end))) > 1:
        raise typer.BadParameter("Give one of --today, --week, --month, or --start with --end.")
    if start or end:
        if not (start and end):
            raise typer.BadParameter("--start and --end go together.")
        return between(_moment(start), _moment(end), timezone)
    return period_named("today" if today else "week" if week else "month", timezone)


def _moment(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no date: write 2026-11-22 or 2026-11-22T14:00."
        ) from None
