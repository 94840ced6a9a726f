"""The suites pass on `FakeProvider`, streaming and batch."""

from __future__ import annotations

from decimal import Decimal

from voicegateway.testing import (
    FakeProvider,
    LLMConformance,
    PricingConformance,
    STTConformance,
    TTSConformance,
)
from voicegateway.types import Modality, Unit


class TestFakeSTT(STTConformance):
    provider, plugin, model = "fake", FakeProvider(), "ear-1"
    wrong_option, nearest_option = "trancript", "transcript"


class TestFakeLLM(LLMConformance):
    provider, plugin, model = "fake", FakeProvider(), "parrot-1"
    wrong_option, nearest_option = "prompt_token", "prompt_tokens"


class TestFakeTTS(TTSConformance):
    provider, plugin, model = "fake", FakeProvider(), "tone-1"
    wrong_option, nearest_option = "delya", "delay"


class TestFakePricing(PricingConformance):
    provider, plugin = "fake", FakeProvider()
    known = (
        ("ear-1", Modality.STT, {Unit.AUDIO_SECONDS: Decimal(60)}, {}, Decimal("0.0048")),
        ("tone-1", Modality.TTS, {Unit.CHARACTERS: Decimal(100)}, {}, Decimal("0.003")),
        (
            "parrot-1",
            Modality.LLM,
            {Unit.INPUT_TOKENS: Decimal(42), Unit.OUTPUT_TOKENS: Decimal(4)},
            {"mode": "streaming"},
            Decimal("0.0058"),
        ),
    )
    free_units = (
        ("ear-1", Modality.STT, Unit.SESSION_SECONDS),
        ("tone-1", Modality.TTS, Unit.AUDIO_SECONDS),
    )
