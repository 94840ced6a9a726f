"""A metered object of each kind, and the rows it leaves."""

from __future__ import annotations

from decimal import Decimal

import pytest

from voicegateway.middleware.call import Leg, Scope
from voicegateway.middleware.cost_tracker import CostTracker
from voicegateway.middleware.instrumented_provider import meter
from voicegateway.pricing.overrides import Overrides, Rate, RateOverride
from voicegateway.testing import MemoryLedger
from voicegateway.types import Modality, Unit

RATES = {
    Unit.INPUT_TOKENS: Rate(Decimal("0.10"), Decimal(1000)),
    Unit.CACHED_INPUT_TOKENS: Rate(Decimal("0.01"), Decimal(1000)),
    Unit.OUTPUT_TOKENS: Rate(Decimal("0.40"), Decimal(1000)),
    Unit.CHARACTERS: Rate(Decimal("0.03"), Decimal(1000)),
    Unit.AUDIO_SECONDS: Rate(Decimal("0.0048"), Decimal(60)),
}


@pytest.fixture
def rows() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def metered(rows):
    """`metered(FakeLLM())` meters a native object at the rates above and returns it."""
    priced = Overrides([RateOverride("fake", RATES)])
    tracker = CostTracker(rows, lambda provider: None, priced.quote)

    def make(target, *, provider="fake", model=None, checkpoint_seconds=5.0):
        kind = next(
            k for k in ("STT", "LLM", "TTS") if k in {b.__name__ for b in type(target).__mro__}
        )
        leg = Leg(provider, model or target.model, Modality(kind.lower()))
        meter(
            target,
            leg,
            tracker,
            scope=lambda session: Scope("test", None),
            on_session=lambda session: None,
            checkpoint_seconds=checkpoint_seconds,
        )
        return target

    return make
