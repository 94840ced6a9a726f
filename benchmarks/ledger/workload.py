"""Records like those of real phone calls: three legs a turn, barge-ins, a failure now and then,
some models without a price."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from voicegateway.storage.models import Attempt, AttemptClosed, AttemptOpened, new_call_id
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit

PROJECTS = ("default", "acme-support", "booking", "reminders", "survey")
MODELS = {
    Modality.STT: (("north", "listen-3"), ("east", "hear-large")),
    Modality.LLM: (("west", "think-mini"), ("south", "think-70b"), ("local", "small:3b")),
    Modality.TTS: (("north", "speak-2"), ("east", "voice-flash")),
}
MILLION = Decimal(1_000_000)
AS_OF = date(2026, 11, 1)
TURN_US = 6_000_000


def _line(unit: Unit, quantity: Decimal, rate: str, per: Decimal) -> PriceLine:
    price = Decimal(rate)
    return PriceLine(unit, quantity, quantity, price, per, quantity / per * price)


def _quote(lines: list[PriceLine], provider: str) -> PriceQuote:
    if provider == "local":
        return PriceQuote(None, confidence="unknown")
    total = sum((line.amount_usd for line in lines), Decimal(0))
    url = f"https://{provider}.example/pricing"
    return PriceQuote(total, tuple(lines), (), "exact", f"{provider} price list", url, AS_OF)


def _consumed(modality: Modality, chance: random.Random) -> list[PriceLine]:
    if modality is Modality.STT:
        seconds = Decimal(chance.randrange(400, 9000)) / 1000
        return [_line(Unit.AUDIO_SECONDS, seconds, "0.0043", Decimal(60))]
    if modality is Modality.TTS:
        return [_line(Unit.CHARACTERS, Decimal(chance.randrange(10, 400)), "0.05", Decimal(1000))]
    cached, fresh = Decimal(chance.randrange(0, 3000)), Decimal(chance.randrange(50, 800))
    return [
        _line(Unit.INPUT_TOKENS, fresh, "0.15", MILLION),
        _line(Unit.CACHED_INPUT_TOKENS, cached, "0.075", MILLION),
        _line(Unit.OUTPUT_TOKENS, Decimal(chance.randrange(5, 200)), "0.60", MILLION),
    ]


def closed(attempt: Attempt, chance: random.Random, speech_id: str | None = None) -> AttemptClosed:
    """How that attempt ended."""
    lines = _consumed(attempt.modality, chance)
    luck = chance.random()
    outcome = "completed" if luck < 0.85 else "cancelled" if luck < 0.98 else "failed"
    failed = outcome == "failed"
    return AttemptClosed(
        attempt=attempt,
        outcome=outcome,
        units={line.unit: line.quantity for line in lines},
        basis="measured" if outcome == "cancelled" else "reported",
        verdict="cancelled_partial" if outcome == "cancelled" else "confirmed",
        quote=_quote(lines, attempt.provider),
        ttfb_ms=None if failed else chance.lognormvariate(5.5, 0.4),
        duration_ms=chance.lognormvariate(7, 0.6),
        speech_id=speech_id,
        error="APIStatusError 503" if failed else None,
        vendor_request_id=f"req_{chance.getrandbits(96):024x}",
    )


def attempts(count: int, *, start_us: int, step_us: int, seed: int = 7) -> Iterator[Attempt]:
    """Turns of several calls at once, `step_us` from one attempt to the next."""
    chance = random.Random(seed)
    for index in range(count):
        # Twenty calls at a time, each of twenty turns of three legs.
        session = index // 1200 * 20 + index % 20
        modality = tuple(Modality)[index // 20 % 3]
        provider, model = MODELS[modality][session % len(MODELS[modality])]
        yield Attempt(
            call_id=new_call_id(),
            attempt=1 if chance.random() < 0.99 else 2,
            started_us=start_us + index * step_us,
            project=PROJECTS[session % len(PROJECTS)],
            session_id=f"RM_{seed}_{session:010d}",
            provider=provider,
            model=model,
            modality=modality,
        )


def calls(
    count: int, *, start_us: int | None = None, step_us: int = 1_000, seed: int = 7
) -> list[AttemptClosed]:
    """`count` ended attempts."""
    chance = random.Random(seed + 1)
    begin = time.time_ns() // 1000 if start_us is None else start_us
    return [
        closed(attempt, chance, f"speech_{attempt.session_id[-6:]}{index // 60:06x}")
        for index, attempt in enumerate(attempts(count, start_us=begin, step_us=step_us, seed=seed))
    ]


def opened(records: list[AttemptClosed]) -> list[AttemptOpened]:
    """The records that came before those."""
    return [AttemptOpened(record.attempt, 1_000_000) for record in records]
