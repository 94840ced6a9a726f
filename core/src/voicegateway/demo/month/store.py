"""Writes the sample month into a store of its own: a ledger, and a configuration that names it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from voicegateway.demo.month.attempts import ended_us
from voicegateway.demo.month.books import records
from voicegateway.demo.month.config_text import config_text
from voicegateway.demo.month.managed import add_managed
from voicegateway.errors import ConfigError, LedgerError
from voicegateway.storage.days import us_of_datetime
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import costs, open_reader, period_named

__all__ = ["ROWS", "Store", "make_store"]

ROWS: Final = 10_000
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Store:
    ledger: Path
    config: Path
    rows: int


def make_store(
    folder: Path, *, rows: int = ROWS, seed: int = SEED, end: datetime | None = None
) -> Store:
    """A month of about `rows` attempts before `end` (now). Raises `ConfigError` if the folder has a
    ledger or a configuration already, or cannot be written."""
    ledger, config = folder / "month.db", folder / "voicegw.yaml"
    _require_new(ledger, config)
    until = end or datetime.now(UTC)
    written = _write_ledger(ledger, rows, seed, until)
    config.write_text(config_text(ledger, *_spent(ledger, until)), encoding="utf-8")
    add_managed(ledger)
    return Store(ledger, config, written)


def _require_new(ledger: Path, config: Path) -> None:
    for file in (ledger, config):
        if file.exists():
            raise ConfigError(
                f"{file} exists already: name another folder with --folder, so that nothing that "
                "you have is mixed with sample data."
            )
    try:
        ledger.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{ledger.parent} cannot be made: {error.strerror}.") from None


def _write_ledger(path: Path, rows: int, seed: int, end: datetime) -> int:
    now, written = us_of_datetime(end), 0
    ledger = open_ledger(path, queue_limit=max(200_000, 2 * rows))
    try:
        for record in records(rows, end, seed):
            if ended_us(record) <= now:
                ledger.append(record)
                written += 1
        if not ledger.flush():
            raise LedgerError(f"{path} cannot be written: {ledger.stats().last_error}.")
    finally:
        ledger.close()
    return written


def _spent(path: Path, now: datetime) -> tuple[Counter[str], Counter[str]]:
    """What each project has spent today and this month, in nano-dollars."""
    found = []
    with open_reader(path) as reader:
        for name in ("today", "month"):
            groups = costs(reader, period_named(name, "UTC", now), sessions=0).by_project
            found.append(Counter({str(group.key): group.sum.known_nano for group in groups}))
    return found[0], found[1]
