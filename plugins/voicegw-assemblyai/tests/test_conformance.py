"""The tests that every provider plugin must pass."""

import asyncio
import contextlib
from decimal import Decimal
from typing import ClassVar

import pytest

import voicegw_assemblyai
from voicegateway.testing import PricingConformance, STTConformance, TTSConformance
from voicegateway.types import Modality, Unit

from .cloud import AssemblyAICloud


class OnTheLoopbackInterface:
    provider, plugin, package = "assemblyai", voicegw_assemblyai, "voicegw_assemblyai"
    wrong_settings: ClassVar = {"region": "mars"}

    @pytest.fixture
    async def cloud(self):
        async with AssemblyAICloud() as cloud:
            yield cloud


class Universal(OnTheLoopbackInterface, STTConformance):
    batch = False
    drop_is_failure = False  # once all audio is sent; `test_stt.py` has what comes before
    vendor_facts = (
        "sessions",
        "session_duration_seconds",
        "audio_duration_seconds",
        "terminations",
    )


class TestUniversal3Pro(Universal):
    model, language = "universal-3-6-pro", "es"
    wrong_option, nearest_option = "max_turn_silense", "max_turn_silence"


class TestUniversalStreaming(Universal):
    model, language = "universal-streaming-english", "en"
    wrong_option, nearest_option = "smaple_rate", "sample_rate"


class TestSpeech(OnTheLoopbackInterface, TTSConformance):
    model, voice = "assemblyai-tts-1", "voice-1"
    wrong_option, nearest_option = "word_timestamp", "word_timestamps"
    vendor_facts = ("characters", "sentences", "unreadable", "audio_ms")

    async def glance(self, stream):
        """Longer than the suite's own on a busy machine: until its first sentence was sent, a call
        has used nothing, and its row says so."""
        with contextlib.suppress(TimeoutError, StopAsyncIteration):
            async with asyncio.timeout(3):
                await stream.__anext__()


class TestSpeechInOnePiece(TestSpeech):
    streaming = False


class TestPricing(PricingConformance):
    provider, plugin = "assemblyai", voicegw_assemblyai
    known = (
        (
            "universal-streaming-english",
            Modality.STT,
            {Unit.SESSION_SECONDS: Decimal(300)},
            {},
            Decimal("0.0125"),
        ),
        (
            "universal-3-5-pro",
            Modality.STT,
            {Unit.SESSION_SECONDS: Decimal(60)},
            {},
            Decimal("0.0075"),
        ),
        (
            "universal-3-5-pro",
            Modality.STT,
            {Unit.AUDIO_SECONDS: Decimal(60)},
            {"mode": "batch"},
            Decimal("0.0035"),
        ),
    )
    free_units = (("universal-streaming-english", Modality.STT, Unit.AUDIO_SECONDS),)
