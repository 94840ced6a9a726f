"""The suites pass on a plugin with a cloud, every modality, streaming and batch."""

from __future__ import annotations

from decimal import Decimal

import pytest
import voicegw_brook
from voicegw_brook.cloud import AcmeCloud

from voicegateway.testing import (
    LLMConformance,
    PricingConformance,
    STTConformance,
    TTSConformance,
)
from voicegateway.types import Modality, Unit


class OnAcme:
    provider, plugin, package = "acme", voicegw_brook.plugin, "voicegw_brook"

    @pytest.fixture
    async def cloud(self):
        async with AcmeCloud() as cloud:
            yield cloud


class TestAcmeSTT(OnAcme, STTConformance):
    model = "swift-1"
    language = "en"
    wrong_option, nearest_option = "punctuation", "punctuate"
    vendor_facts = ("seconds", "times_sent")


class TestAcmeSTTBatch(OnAcme, STTConformance):
    model = "swift-1"
    streaming = False


class TestAcmeLLM(OnAcme, LLMConformance):
    model = "parrot-2"
    wrong_option, nearest_option = "temprature", "temperature"
    vendor_facts = ("usage_events",)


class TestAcmeTTS(OnAcme, TTSConformance):
    model = "tone-1"
    voice = "nova"
    wrong_option, nearest_option = "sped", "speed"
    vendor_facts = ("characters", "times_sent")


class TestAcmeTTSBatch(OnAcme, TTSConformance):
    model = "tone-1"
    streaming = False


class TestAcmePricing(PricingConformance):
    provider, plugin = "acme", voicegw_brook.plugin
    known = (
        ("swift-1", Modality.STT, {Unit.AUDIO_SECONDS: Decimal(60)}, {}, Decimal("0.0048")),
        ("tone-1", Modality.TTS, {Unit.CHARACTERS: Decimal(100)}, {}, Decimal("0.003")),
        (
            "parrot-2",
            Modality.LLM,
            {Unit.INPUT_TOKENS: Decimal(42), Unit.OUTPUT_TOKENS: Decimal(4)},
            {"mode": "streaming"},
            Decimal("0.0058"),
        ),
    )
    free_units = (("swift-1", Modality.STT, Unit.SESSION_SECONDS),)
