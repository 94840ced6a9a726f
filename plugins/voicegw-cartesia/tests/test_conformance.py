"""The tests that every provider plugin must pass."""

import asyncio
import contextlib
from decimal import Decimal

import pytest

import voicegw_cartesia
from voicegateway.testing import PricingConformance, STTConformance, TTSConformance
from voicegateway.types import Modality, Unit

from .cloud import CartesiaCloud


class OnTheLoopbackInterface:
    provider, plugin, package = "cartesia", voicegw_cartesia, "voicegw_cartesia"

    @pytest.fixture
    async def cloud(self):
        async with CartesiaCloud() as cloud:
            yield cloud


class Ink(OnTheLoopbackInterface, STTConformance):
    batch = False
    drop_is_failure = False  # once all audio is sent; `test_stt.py` has what comes before


class TestInk2(Ink):
    model, language = "ink-2", "en"
    wrong_option, nearest_option = "smaple_rate", "sample_rate"
    vendor_facts = ("connections",)


class TestInkWhisper(Ink):
    model, language = "ink-whisper", "es"
    wrong_option, nearest_option = "audio_chunk_duration", "audio_chunk_duration_ms"
    vendor_facts = ("connections",)


class Sonic(OnTheLoopbackInterface, TTSConformance):
    model, voice = "sonic-3", "voice-1"
    wrong_option, nearest_option = "word_timestamp", "word_timestamps"
    vendor_facts = ("characters", "sentences", "unreadable", "refused", "finished")

    async def glance(self, stream):
        """Longer than the suite's own on a busy machine: until its first sentence was sent, a call
        has used nothing, and its row says so."""
        with contextlib.suppress(TimeoutError, StopAsyncIteration):
            async with asyncio.timeout(3):
                await stream.__anext__()


class TestSonic(Sonic):
    pass


class TestSonicOverHTTP(Sonic):
    streaming = False
    times_out = False  # LiveKit's client waits half a minute for an answer, whatever it is told


class TestPricing(PricingConformance):
    provider, plugin = "cartesia", voicegw_cartesia
    known = (
        (
            "sonic-3",
            Modality.TTS,
            {Unit.CHARACTERS: Decimal(1000)},
            {"plan": "pro"},
            Decimal("0.05"),
        ),
        (
            "ink-2",
            Modality.STT,
            {Unit.AUDIO_SECONDS: Decimal(60)},
            {"plan": "startup"},
            Decimal("0.007056"),
        ),
    )
    free_units = (
        ("sonic-3", Modality.TTS, Unit.AUDIO_SECONDS),
        ("ink-2", Modality.STT, Unit.SESSION_SECONDS),
    )
