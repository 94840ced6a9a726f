"""What goes into the ledger: three kinds of record about one attempt, each idempotent.

An attempt is known by `call_id` and `attempt` (from 1); `id` joins the two. Times are whole
microseconds since 1970 UTC, money is whole nano-dollars, quantities are `Decimal`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final, Literal

from voicegateway.types import Basis, Modality, Outcome, PriceQuote, PriceTerms, Unit, Verdict

__all__ = [
    "NANO",
    "Attempt",
    "AttemptCheckpointed",
    "AttemptClosed",
    "AttemptOpened",
    "DeferredRecord",
    "LedgerOutcome",
    "LedgerRecord",
    "nano_usd",
    "new_call_id",
    "usd",
]

LedgerOutcome = Literal["open", "completed", "cancelled", "failed", "abandoned"]

NANO = Decimal(1_000_000_000)
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""Whatever precision the application works with."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, as in ULID
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(120, -1, -10)


def _now_us() -> int:
    return time.time_ns() // 1000


def new_call_id() -> str:
    """A ULID: 26 characters that sort by the time they were made."""
    value = (time.time_ns() // 1_000_000) << 80 | random.getrandbits(80)
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in _SHIFTS])


def nano_usd(amount: Decimal | None) -> int | None:
    """Dollars to whole nano-dollars, half to even; None (unknown) stays None."""
    if amount is None:
        return None
    return int(_EXACT.multiply(amount, NANO).to_integral_value(ROUND_HALF_EVEN))


def usd(nano: int | None) -> Decimal | None:
    """Nano-dollars to dollars; None (unknown) stays None."""
    return None if nano is None else Decimal(nano) / NANO


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who an attempt is and whom it belongs to; the same in every record about it."""

    call_id: str
    attempt: int
    started_us: int
    project: str
    session_id: str | None
    provider: str
    model: str
    modality: Modality
    fallback_from: str | None = None
    """`provider/model` that failed before this one was asked."""

    @property
    def id(self) -> str:
        return f"{self.call_id}-{self.attempt}"


@dataclass(frozen=True, slots=True)
class AttemptOpened:
    """The attempt has started. `held_nano` is the estimate it holds of a budget."""

    attempt: Attempt
    held_nano: int | None = None


@dataclass(frozen=True, slots=True)
class AttemptCheckpointed:
    """Units measured so far in an attempt that is still running, and what they cost so far."""

    attempt: Attempt
    units: Mapping[Unit, Decimal]
    basis: Basis
    cost_nano: int | None
    at_us: int = field(default_factory=_now_us)
    """When it was measured: of two checkpoints the later one counts, whichever arrives first."""


@dataclass(frozen=True, slots=True)
class AttemptClosed:
    """The attempt has ended. The first of these for an attempt counts, any later is ignored."""

    attempt: Attempt
    outcome: Outcome
    units: Mapping[Unit, Decimal]
    basis: Basis
    verdict: Verdict
    quote: PriceQuote
    ttfb_ms: float | None
    duration_ms: float | None
    speech_id: str | None = None
    error: str | None = None
    """Class of the error and the vendor's status code: never its message, which may carry
    what was said."""
    vendor_request_id: str | None = None
    terms: PriceTerms | None = None
    """What the quote was asked for on, besides the units; `at` is when the attempt started."""


LedgerRecord = AttemptOpened | AttemptCheckpointed | AttemptClosed

DeferredRecord = Callable[[], LedgerRecord]
"""A record that the writer's thread makes, so that pricing costs the agent's event loop nothing."""
