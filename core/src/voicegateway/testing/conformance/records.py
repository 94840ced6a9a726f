"""Attempts to write: any number, the same for the same seed."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from voicegateway.storage.models import Attempt, AttemptClosed, AttemptOpened, nano_usd
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit

__all__ = ["UNPRICED", "attempt", "closed", "known_cost", "many", "opened", "quote"]

UNPRICED: Final = PriceQuote(None, confidence="unknown")
_UNITS: Final = {
    Modality.STT: (Unit.AUDIO_SECONDS,),
    Modality.LLM: (Unit.INPUT_TOKENS, Unit.CACHED_INPUT_TOKENS, Unit.OUTPUT_TOKENS),
    Modality.TTS: (Unit.CHARACTERS,),
}


def attempt(call_id: str, **changes: Any) -> Attempt:
    values: dict[str, Any] = {
        "attempt": 1,
        "started_us": time.time_ns() // 1000,
        "project": "default",
        "session_id": "session-1",
        "provider": "acme",
        "model": "chat-1",
        "modality": Modality.LLM,
    }
    return Attempt(call_id=call_id, **(values | changes))


def quote(*amounts: tuple[Unit, str, str]) -> PriceQuote:
    """Lines of (unit, quantity, dollars for one)."""
    lines = tuple(
        PriceLine(unit, Decimal(n), Decimal(n), Decimal(usd), Decimal(1), Decimal(n) * Decimal(usd))
        for unit, n, usd in amounts
    )
    total = sum((line.amount_usd for line in lines), Decimal(0))
    return PriceQuote(total, lines, source="acme price list", as_of=date(2026, 11, 1))


def closed(about: Attempt, **changes: Any) -> AttemptClosed:
    values: dict[str, Any] = {
        "outcome": "completed",
        "units": {Unit.INPUT_TOKENS: Decimal(100)},
        "basis": "reported",
        "verdict": "confirmed",
        "quote": quote((Unit.INPUT_TOKENS, "100", "0.00001")),
        "ttfb_ms": 250.0,
        "duration_ms": 900.0,
    }
    return AttemptClosed(about, **(values | changes))


def opened(records: Iterable[AttemptClosed], held_nano: int = 1_000_000) -> list[AttemptOpened]:
    """What was written before those."""
    return [AttemptOpened(record.attempt, held_nano) for record in records]


def many(
    count: int, *, seed: int = 1, start_us: int | None = None, step_us: int = 1000
) -> list[AttemptClosed]:
    """Attempts of every kind in several projects; by default the last started just now."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    begin = time.time_ns() // 1000 - count * step_us if start_us is None else start_us
    return [_any(chance, f"{seed}-{index:06d}", begin + index * step_us) for index in range(count)]


def known_cost(records: Iterable[AttemptClosed]) -> int:
    """In nano-dollars, of those whose cost is known."""
    return sum(nano_usd(record.quote.amount_usd) or 0 for record in records)


def _any(chance: random.Random, name: str, started: int) -> AttemptClosed:
    modality = chance.choice(list(Modality))
    amounts = [
        (unit, str(chance.randrange(1, 10**6) / 1000), "0.000012345") for unit in _UNITS[modality]
    ]
    about = attempt(
        f"call-{name}",
        started_us=started,
        project=chance.choice(["default", "support", "booking"]),
        session_id=chance.choice([None, f"room-{chance.randrange(12)}"]),
        provider=chance.choice(["acme", "local"]),
        model=f"{modality}-{chance.randrange(3)}",
        modality=modality,
    )
    return closed(
        about,
        outcome=chance.choice(["completed", "completed", "cancelled", "failed"]),
        units={unit: Decimal(n) for unit, n, _ in amounts},
        quote=UNPRICED if chance.random() < 0.2 else quote(*amounts),
        ttfb_ms=None if chance.random() < 0.1 else chance.lognormvariate(5, 1),
        duration_ms=chance.lognormvariate(7, 1),
        speech_id=chance.choice([None, f"speech_{chance.randrange(100)}"]),
    )
