"""The suites that any provider must pass, on the real models of the stack `local`."""

from decimal import Decimal

import pytest

import voicegw_local.kokoro
import voicegw_local.llamacpp
import voicegw_local.ollama
import voicegw_local.piper
import voicegw_local.whisper
from voicegateway.testing import (
    LLMConformance,
    PricingConformance,
    STTConformance,
    TTSConformance,
)
from voicegateway.types import Modality, Unit


class Patient:
    """A model on this machine answers when it can."""

    patience = 120.0

    @pytest.fixture(autouse=True)
    def _fetched(self, models):
        return models


class TestPiper(Patient, TTSConformance):
    provider = "piper"
    plugin = voicegw_local.piper
    package = "voicegw_local.piper"
    model = "en_US-joe-medium"
    text = "One moment, please."
    wrong_option = "sped"
    nearest_option = "speed"


class TestWhisper(Patient, STTConformance):
    provider = "whisper"
    plugin = voicegw_local.whisper
    package = "voicegw_local.whisper"
    model = "tiny.en"
    language = "en"
    streaming = False
    wrong_option = "beam_sise"
    nearest_option = "beam_size"


class TestLlamaCpp(Patient, LLMConformance):
    provider = "llamacpp"
    plugin = voicegw_local.llamacpp
    package = "voicegw_local.llamacpp"
    model = "smollm2-135m-instruct"
    options = {"max_tokens": 24}
    wrong_option = "max_tokns"
    nearest_option = "max_tokens"


class Free(PricingConformance):
    """Nobody bills for what runs here."""

    free = True


FREE = Decimal(0)


class TestPiperPrice(Free):
    provider, plugin = "piper", voicegw_local.piper
    known = [("any", Modality.TTS, {Unit.CHARACTERS: Decimal(7)}, {}, FREE)]


class TestKokoroPrice(Free):
    provider, plugin = "kokoro", voicegw_local.kokoro
    known = [("any", Modality.TTS, {Unit.CHARACTERS: Decimal(7)}, {}, FREE)]


class TestWhisperPrice(Free):
    provider, plugin = "whisper", voicegw_local.whisper
    known = [("any", Modality.STT, {Unit.AUDIO_SECONDS: Decimal(7)}, {}, FREE)]


class TestLlamaCppPrice(Free):
    provider, plugin = "llamacpp", voicegw_local.llamacpp
    known = [("any", Modality.LLM, {Unit.OUTPUT_TOKENS: Decimal(7)}, {}, FREE)]


class TestOllamaPrice(Free):
    provider, plugin = "ollama", voicegw_local.ollama
    known = [("any", Modality.LLM, {Unit.OUTPUT_TOKENS: Decimal(7)}, {}, FREE)]
