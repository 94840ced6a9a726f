"""The rollups made anew from the rows, to compare with those the ledger keeps."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from voicegateway.storage.buckets import bucket_of
from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.engine import Connection, Row
from voicegateway.testing.conformance.place import LedgerPlace

__all__ = ["checked_rows"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES: Final = ", ".join(UNIT_COLUMNS)
_SUMS: Final = f"attempts, unpriced, cost_nano, {_NAMES}"
_KEYS: Final = {
    "rollup_days": "day, project_id, leg_id, outcome",
    "rollup_quarters": "quarter, project_id, leg_id, outcome",
    "rollup_sessions": "day, session_id, project_id",
    "latency_days": "day, leg_id, measure, bucket",
    "latency_quarters": "quarter, leg_id, measure, bucket",
}
_Table = dict[tuple[int, ...], list[Any]]


def checked_rows(place: LedgerPlace) -> int:
    """Asserts that every rollup is exactly what the ended attempts add up to, and that no
    attempt is both open and ended; returns how many have ended."""
    with place.reader() as reader, reader.snapshot() as connection:
        meta = {str(name): str(value) for name, value in connection.execute("SELECT * FROM meta")}
        first_quarter = int(meta.get("first_quarter", -(2**62)))
        rows = connection.execute(
            "SELECT started_us, project_id, leg_id, session_id, outcome, cost_nano, ttfb_us, "  # noqa: S608 - our own names
            f"duration_us, {_NAMES} FROM attempts"
        )
        truth = _truth(rows, ZoneInfo(meta["timezone"]))
        for table in _KEYS:
            kept = _kept(connection, table)
            if "quarter" in table:
                _drop_before(first_quarter, kept, truth[table])
            assert kept == truth[table], f"{table} is not what its attempts add up to"
        both = connection.execute(
            "SELECT COUNT(*) FROM attempts a JOIN open_attempts o "
            "ON o.call_id = a.call_id AND o.attempt = a.attempt"
        )
        assert both == [(0,)], "an attempt is open and ended"
    return len(rows)


def _truth(rows: list[Row], zone: ZoneInfo) -> dict[str, _Table]:
    sums: dict[str, Any] = {
        table: defaultdict(lambda: [0, 0, 0, *[None] * len(UNIT_COLUMNS)])
        for table in _KEYS
        if table.startswith("rollup")
    }
    fast: dict[str, Counter[tuple[int, ...]]] = {
        "latency_days": Counter(),
        "latency_quarters": Counter(),
    }
    for started, project, leg, session, outcome, cost, ttfb, duration, *units in rows:
        moment = (_EPOCH + timedelta(microseconds=started)).astimezone(zone)
        day, quarter = moment.toordinal() - _EPOCH.toordinal(), started // 900_000_000
        _add(sums["rollup_days"][(day, project, leg, outcome)], cost, units)
        _add(sums["rollup_quarters"][(quarter, project, leg, outcome)], cost, units)
        _add(sums["rollup_sessions"][(day, session or 0, project)], cost, units)
        for measure, value in enumerate((ttfb, duration)):
            if value is not None:
                fast["latency_days"][(day, leg, measure, bucket_of(value))] += 1
                fast["latency_quarters"][(quarter, leg, measure, bucket_of(value))] += 1
    counted = {table: {key: [n] for key, n in counts.items()} for table, counts in fast.items()}
    return {**{table: dict(found) for table, found in sums.items()}, **counted}


def _add(total: list[Any], cost: int | None, units: list[int | None]) -> None:
    total[0] += 1
    total[1] += cost is None
    total[2] += cost or 0
    for index, value in enumerate(units):
        if value is not None:
            total[index + 3] = (total[index + 3] or 0) + value


def _kept(connection: Connection, table: str) -> _Table:
    keys = _KEYS[table]
    size = keys.count(",") + 1
    sums = _SUMS if table.startswith("rollup") else "attempts"
    found = connection.execute(f"SELECT {keys}, {sums} FROM {table}")  # noqa: S608 - our own names
    return {row[:size]: list(row[size:]) for row in found}


def _drop_before(first_quarter: int, *tables: _Table) -> None:
    for table in tables:
        for key in [key for key in table if key[0] < first_quarter]:
            del table[key]
