"""One request of the sample month: what it consumed, what that cost, how it ended."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from voicegateway.demo.month.cast import PRICES, Model
from voicegateway.middleware.quoting import honest
from voicegateway.storage.models import Attempt, AttemptClosed
from voicegateway.types import Basis, Outcome, PriceQuote, PriceTerms, Unit, Usage, Verdict

__all__ = ["Ended", "Whose", "call_id", "close", "ended_us"]

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Units = Mapping[Unit, Decimal]


@dataclass(frozen=True, slots=True)
class Whose:
    """Which call and utterance a request is of."""

    project: str
    session_id: str
    call_id: str
    attempt: int = 1
    speech_id: str | None = None
    fallback_from: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How it went. Milliseconds."""

    units: Units
    duration_ms: float
    first_ms: float | None = None
    outcome: Outcome = "completed"
    error: str | None = None


def call_id(chance: random.Random, at: datetime) -> str:
    """A ULID of that moment."""
    value = _us(at) // 1000 << 80 | chance.getrandbits(80)
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def close(
    chance: random.Random, model: Model, whose: Whose, at: datetime, ended: Ended
) -> AttemptClosed:
    """The record that the meter would have written."""
    verdict, terms = _verdict(chance, ended), PriceTerms(at=at, mode=model.mode)
    basis: Basis = "reported" if verdict in ("confirmed", "mismatch") else "measured"
    attempt = Attempt(
        call_id=whose.call_id,
        attempt=whose.attempt,
        started_us=_us(at),
        project=whose.project,
        session_id=whose.session_id,
        provider=model.provider,
        model=model.name,
        modality=model.modality,
        fallback_from=whose.fallback_from,
    )
    return AttemptClosed(
        attempt=attempt,
        outcome=ended.outcome,
        units=ended.units,
        basis=basis,
        verdict=verdict,
        quote=honest(_quote(model, Usage(ended.units), terms), verdict),
        ttfb_ms=ended.first_ms,
        duration_ms=ended.duration_ms,
        speech_id=whose.speech_id,
        error=ended.error,
        vendor_request_id=f"req_{chance.getrandbits(64):016x}",
        terms=terms,
    )


def ended_us(record: AttemptClosed) -> int:
    return record.attempt.started_us + int((record.duration_ms or 0) * 1000)


def _quote(model: Model, usage: Usage, terms: PriceTerms) -> PriceQuote:
    found = PRICES.quote(model.provider, model.name, usage, terms)
    if found is not None:
        return found
    return PriceQuote(None, unpriced=tuple(usage.units), confidence="unknown")


def _verdict(chance: random.Random, ended: Ended) -> Verdict:
    if ended.outcome == "cancelled":
        return "cancelled_partial"
    luck = chance.random()
    if ended.outcome == "failed" or luck < 0.012:
        return "usage_missing"
    return "mismatch" if luck < 0.016 else "confirmed"


def _us(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
