"""Records to write, and the truth to compare the ledger with."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from voicegateway.storage.buckets import bucket_of
from voicegateway.storage.models import Attempt, AttemptClosed, AttemptOpened, new_call_id
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HERE = Path(__file__).parent
UNIT_NAMES = [unit.value for unit in Unit]


def now_us() -> int:
    return time.time_ns() // 1000


def us(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def attempt(**changes: object) -> Attempt:
    values: dict[str, object] = {
        "call_id": new_call_id(),
        "attempt": 1,
        "started_us": now_us(),
        "project": "default",
        "session_id": "session-1",
        "provider": "acme",
        "model": "chat-1",
        "modality": Modality.LLM,
    }
    return Attempt(**(values | changes))


def quote(*amounts: tuple[Unit, str, str], source: str = "acme price list") -> PriceQuote:
    """Lines of (unit, quantity, dollars for one)."""
    lines = tuple(
        PriceLine(
            unit, Decimal(n), Decimal(n), Decimal(rate), Decimal(1), Decimal(n) * Decimal(rate)
        )
        for unit, n, rate in amounts
    )
    total = sum((line.amount_usd for line in lines), Decimal(0))
    return PriceQuote(total, lines, source=source, as_of=date(2026, 11, 1))


UNPRICED = PriceQuote(None, confidence="unknown")


def closed(about: Attempt | None = None, **changes: object) -> AttemptClosed:
    priced = quote((Unit.INPUT_TOKENS, "100", "0.00001"), (Unit.OUTPUT_TOKENS, "10", "0.00002"))
    values: dict[str, object] = {
        "attempt": about or attempt(),
        "outcome": "completed",
        "units": {Unit.INPUT_TOKENS: Decimal(100), Unit.OUTPUT_TOKENS: Decimal(10)},
        "basis": "reported",
        "verdict": "confirmed",
        "quote": priced,
        "ttfb_ms": 250.0,
        "duration_ms": 900.0,
    }
    return AttemptClosed(**(values | changes))


def opened(about: Attempt, held_nano: int | None = 1_000_000) -> AttemptOpened:
    return AttemptOpened(about, held_nano)


def mixed(count: int, *, seed: int = 1, days: float = 0.0) -> list[AttemptClosed]:
    """Attempts of every kind, in several projects, spread over the last `days`."""
    chance = random.Random(seed)
    begin, span = now_us() - int(days * 86_400_000_000), int(days * 86_400_000_000)
    return [_any_attempt(chance, begin + int(span * i / count), i, seed) for i in range(count)]


def _any_attempt(chance: random.Random, started: int, number: int, seed: int) -> AttemptClosed:
    modality = chance.choice(list(Modality))
    units = {
        Modality.STT: [Unit.AUDIO_SECONDS],
        Modality.LLM: [Unit.INPUT_TOKENS, Unit.CACHED_INPUT_TOKENS, Unit.OUTPUT_TOKENS],
        Modality.TTS: [Unit.CHARACTERS],
    }[modality]
    amounts = [(unit, str(chance.randrange(1, 10**6) / 1000), "0.000012345") for unit in units]
    about = attempt(
        started_us=started,
        project=chance.choice(["default", "support", "booking"]),
        session_id=chance.choice([None, *[f"room-{seed}-{number // 30}"] * 4]),
        provider=chance.choice(["acme", "local"]),
        model=f"{modality}-{chance.randrange(2)}",
        modality=modality,
    )
    free = chance.random() < 0.2
    return closed(
        about,
        outcome=chance.choice(["completed", "completed", "cancelled", "failed"]),
        units={unit: Decimal(n) for unit, n, _ in amounts},
        quote=UNPRICED if free else quote(*amounts),
        ttfb_ms=None if chance.random() < 0.1 else chance.lognormvariate(5, 1),
        duration_ms=chance.lognormvariate(7, 1),
        speech_id=chance.choice([None, f"speech_{number // 3:012x}"]),
        vendor_request_id=f"req_{chance.getrandbits(96):024x}",
    )


def rows(path: Path, sql: str, params: Iterable[object] = ()) -> list[tuple]:
    connection = sqlite3.connect(path, timeout=10)
    try:
        return connection.execute(sql, tuple(params)).fetchall()
    finally:
        connection.close()


def check_rollups(path: Path) -> int:
    """Asserts that every rollup is exactly what its attempts add up to; returns how many."""
    meta = dict(rows(path, "SELECT name, value FROM meta"))
    zone, first_quarter = ZoneInfo(meta["timezone"]), int(meta.get("first_quarter", -(2**62)))
    names = ", ".join(UNIT_NAMES)
    found = rows(
        path,
        "SELECT started_us, project_id, leg_id, session_id, outcome, cost_nano, ttfb_us, "
        f"duration_us, {names} FROM attempts",
    )
    days, quarters, sessions = (defaultdict(lambda: [0, 0, 0, *[None] * 13]) for _ in range(3))
    fast_days, fast_quarters = Counter(), Counter()
    for started, project, leg, session, outcome, cost, ttfb, duration, *units in found:
        local = (EPOCH + timedelta(microseconds=started)).astimezone(zone).date()
        day, quarter = local.toordinal() - 719163, started // 900_000_000
        recent = quarter >= first_quarter
        keyed = [(days, (day, project, leg, outcome)), (sessions, (day, session or 0, project))]
        if recent:
            keyed.append((quarters, (quarter, project, leg, outcome)))
        for table, key in keyed:
            _add(table[key], cost, units)
        for measure, value in enumerate((ttfb, duration)):
            if value is not None:
                fast_days[(day, leg, measure, bucket_of(value))] += 1
                if recent:
                    fast_quarters[(quarter, leg, measure, bucket_of(value))] += 1
    for table, key_size, truth in (
        ("rollup_days", 4, days),
        ("rollup_quarters", 4, quarters),
        ("rollup_sessions", 3, sessions),
    ):
        assert _read(path, table, key_size, first_quarter) == dict(truth), table
    for table, counts in (("latency_days", fast_days), ("latency_quarters", fast_quarters)):
        kept = _read(path, table, 4, first_quarter)
        assert {key: value[0] for key, value in kept.items()} == dict(counts), table
    return len(found)


def _add(total: list, cost: int | None, units: list) -> None:
    total[0] += 1
    total[1] += cost is None
    total[2] += cost or 0
    for index, value in enumerate(units):
        if value is not None:
            total[index + 3] = (total[index + 3] or 0) + value


def _read(path: Path, table: str, key_size: int, first_quarter: int) -> dict[tuple, list]:
    found = {row[:key_size]: list(row[key_size:]) for row in rows(path, f"SELECT * FROM {table}")}
    if "quarters" in table:
        return {key: value for key, value in found.items() if key[0] >= first_quarter}
    return found


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Runs one of `programs/` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, HERE / "programs" / f"{program}.py", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(HERE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def run(program: str, *arguments: object) -> str:
    """The same to its end; returns what it printed."""
    with start(program, *arguments) as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return out


def until(condition: object, seconds: float = 20.0) -> None:
    """Waits for something that another thread or process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
