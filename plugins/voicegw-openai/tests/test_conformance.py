"""The suites that every provider must pass, for each kind of object that this one makes."""

from decimal import Decimal
from typing import ClassVar

import pytest
from openai_cloud import OpenAICloud

import voicegw_openai
from voicegateway.testing import (
    LLMConformance,
    PricingConformance,
    STTConformance,
    TTSConformance,
)
from voicegateway.testing.providers.subject import within
from voicegateway.types import Modality, Unit


class OpenAISuite:
    provider = "openai"
    plugin = voicegw_openai
    package = "voicegw_openai"

    @pytest.fixture
    async def cloud(self):
        async with OpenAICloud() as cloud:
            yield cloud


class TestChatCompletions(OpenAISuite, LLMConformance):
    model = "gpt-4o-mini"
    wrong_option, nearest_option = "temprature", "temperature"
    vendor_facts = ("usage", "totals", "reasoning_tokens")


class TestResponsesOverHTTP(OpenAISuite, LLMConformance):
    model = "gpt-4.1"
    options: ClassVar = {"api": "responses", "use_websocket": False}
    wrong_option, nearest_option = "max_output_token", "max_output_tokens"
    vendor_facts = ("usage", "totals", "reasoning_tokens")


class TestResponsesOverWebSocket(OpenAISuite, LLMConformance):
    model = "gpt-4.1"
    options: ClassVar = {"api": "responses"}
    wrong_option, nearest_option = "verbosty", "verbosity"
    times_out = False  # LiveKit's client waits for an event for ever


class TestTranscriptions(OpenAISuite, STTConformance):
    model = "gpt-4o-mini-transcribe"
    language = "en"
    streaming = False
    times_out = False  # LiveKit's client gives OpenAI 30 s
    wrong_option, nearest_option = "promt", "prompt"
    vendor_facts = ("audio_tokens", "text_tokens", "output_tokens", "transcriptions", "seconds")


class TestTranscriptionsByDuration(OpenAISuite, STTConformance):
    model = "whisper-1"
    streaming = False
    times_out = False
    vendor_facts = ("seconds", "transcriptions", "repeated")


class RealtimeSuite(OpenAISuite):
    drop_is_failure = False  # once all input is sent, LiveKit takes it for the end

    async def complete(self, target, options, size=1):
        """OpenAI never ends a stream: whoever has heard enough closes it, as AgentSession does."""
        stream = self.open(target, options, size)
        async with within(self.patience, "a stream"), self.closing(stream):
            async for event in stream:
                if event.recognition_usage is not None:
                    break


class TestRealtimeTranscription(RealtimeSuite, STTConformance):
    model = "gpt-4o-transcribe"
    language = "en"
    options: ClassVar = {"use_realtime": True}
    wrong_option, nearest_option = "use_realtme", "use_realtime"
    vendor_facts = ("connected", "heard_speech", "committed", "transcriptions", "repeated")


class TestRealtimeByDuration(RealtimeSuite, STTConformance):
    model = "gpt-realtime-whisper"
    batch = False
    vendor_facts = ("connected", "committed", "transcriptions", "seconds")


class TestSpeechByTokens(OpenAISuite, TTSConformance):
    model = "gpt-4o-mini-tts"
    voice = "ash"
    options: ClassVar = {"response_format": "pcm"}
    streaming = False
    times_out = False  # LiveKit's client gives OpenAI 30 s
    wrong_option, nearest_option = "instruction", "instructions"


class TestSpeechByCharacters(OpenAISuite, TTSConformance):
    model = "tts-1"
    options: ClassVar = {"response_format": "pcm"}
    streaming = False
    times_out = False
    wrong_option, nearest_option = "sped", "speed"


M = 1_000_000


class TestPrices(PricingConformance):
    provider, plugin = "openai", voicegw_openai
    known: ClassVar = [
        ("whisper-1", Modality.STT, {Unit.AUDIO_SECONDS: Decimal(60)}, {}, Decimal("0.006")),
        (
            "gpt-4o-mini-tts",
            Modality.TTS,
            {Unit.INPUT_TOKENS: Decimal(M), Unit.OUTPUT_AUDIO_TOKENS: Decimal(M)},
            {},
            Decimal("12.6"),
        ),
        ("tts-1", Modality.TTS, {Unit.CHARACTERS: Decimal(4095)}, {}, Decimal("0.061425")),
        (
            "gpt-4o-transcribe",
            Modality.STT,
            {Unit.INPUT_AUDIO_TOKENS: Decimal(1000), Unit.OUTPUT_TOKENS: Decimal(100)},
            {},
            Decimal("0.0035"),
        ),
        (
            "gpt-4o-mini",
            Modality.LLM,
            {
                Unit.INPUT_TOKENS: Decimal(M),
                Unit.CACHED_INPUT_TOKENS: Decimal(M),
                Unit.OUTPUT_TOKENS: Decimal(M),
            },
            {},
            Decimal("0.825"),
        ),
    ]
    free_units: ClassVar = [
        ("gpt-4o-mini-tts", Modality.TTS, Unit.CHARACTERS),
        ("tts-1", Modality.TTS, Unit.AUDIO_SECONDS),
        ("whisper-1", Modality.STT, Unit.SESSION_SECONDS),
        ("gpt-4o-transcribe", Modality.STT, Unit.AUDIO_SECONDS),
    ]
