"""The suites that every provider plugin must pass."""

from decimal import Decimal
from typing import ClassVar

import pytest
from cloud import GroqCloud

import voicegw_groq
from voicegateway.testing import (
    LLMConformance,
    PricingConformance,
    STTConformance,
    TTSConformance,
)
from voicegateway.types import Modality, Unit


class Groq:
    provider = "groq"
    plugin = voicegw_groq
    package = "voicegw_groq"

    @pytest.fixture
    async def cloud(self):
        async with GroqCloud() as cloud:
            yield cloud


class TestGroqLLM(Groq, LLMConformance):
    model = "openai/gpt-oss-20b"
    options: ClassVar = {"temperature": 0.2}
    wrong_option = "temprature"
    nearest_option = "temperature"
    vendor_facts = (
        "prompt_tokens",
        "completion_tokens",
        "cached_tokens",
        "reasoning_tokens",
        "usage_chunks",
        "own_usages",
        "thought_chars",
        "error_status",
    )


class TestGroqSTT(Groq, STTConformance):
    model = "whisper-large-v3-turbo"
    language = "en"
    wrong_option = "promt"
    nearest_option = "prompt"
    wrong_settings: ClassVar = {"ask_duration": "yes"}
    streaming = False
    times_out = False  # LiveKit's client waits for 30 s
    vendor_facts = ("audio_seconds", "error_status")


class TestGroqTTS(Groq, TTSConformance):
    model = "canopylabs/orpheus-v1-english"
    voice = "troy"
    wrong_option = "http_sesion"
    nearest_option = "http_session"
    streaming = False
    times_out = False  # LiveKit's client waits for 30 s
    vendor_facts = ("error_status",)


class TestGroqPricing(PricingConformance):
    provider, plugin = "groq", voicegw_groq
    known = (
        (
            "whisper-large-v3",
            Modality.STT,
            {Unit.AUDIO_SECONDS: Decimal(36)},
            {"mode": "batch"},
            Decimal("0.00111"),
        ),
        (
            "canopylabs/orpheus-v1-english",
            Modality.TTS,
            {Unit.CHARACTERS: Decimal(1000)},
            {"mode": "batch"},
            Decimal("0.022"),
        ),
        (
            "openai/gpt-oss-120b",
            Modality.LLM,
            {
                Unit.INPUT_TOKENS: Decimal(600),
                Unit.CACHED_INPUT_TOKENS: Decimal(400),
                Unit.OUTPUT_TOKENS: Decimal(6),
            },
            {"service_tier": "flex"},
            Decimal("0.0001236"),
        ),
    )
    free_units = (
        ("whisper-large-v3", Modality.STT, Unit.CHARACTERS),
        ("canopylabs/orpheus-v1-english", Modality.TTS, Unit.AUDIO_SECONDS),
    )
