"""The kit's suites: one a kind of object and way of calling it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import ClassVar

import pytest
from cloud import DeepgramCloud

import voicegw_deepgram
from voicegateway.testing import AttemptRow, STTConformance, TTSConformance
from voicegateway.types import Unit


class _Deepgram:
    provider = "deepgram"
    plugin = voicegw_deepgram
    package = "voicegw_deepgram"
    wrong_settings: ClassVar = {"plan": "no-such-plan"}

    @pytest.fixture
    async def cloud(self) -> AsyncIterator[DeepgramCloud]:
        async with DeepgramCloud() as cloud:
            yield cloud


class _STT(_Deepgram):
    language = "en"
    vendor_facts = (
        "heard_seconds",
        "sent_seconds",
        "summaries",
        "all_summarised",
        "dg_request_ids",
        "http_status",
        "channels",
    )


class _TTS(_Deepgram):
    wrong_option = "sample_rte"
    nearest_option = "sample_rate"
    vendor_facts = (
        "billed_characters",
        "sent_characters",
        "turns",
        "turn_messages",
        "http_status",
    )


class TestNovaStreaming(_STT, STTConformance):
    model = "nova-3"
    wrong_option, nearest_option = "punctuat", "punctuate"
    drop_is_failure = False  # once `CloseStream` is sent LiveKit takes any end for the end


class TestNovaAtOnce(_STT, STTConformance):
    model = "nova-3"
    streaming = False
    wrong_option, nearest_option = "punctuat", "punctuate"
    times_out = False  # LiveKit waits 30 s for this answer, whatever `conn_options` says


class TestFluxStreaming(_STT, STTConformance):
    model = "flux-general-en"
    batch = False
    wrong_option, nearest_option = "eot_treshold", "eot_threshold"
    drop_is_failure = False


class _SpokenWordByWord(_TTS):
    batch = False

    def check_units(self, row: AttemptRow, size: int = 1) -> None:
        """LiveKit sends one space more than it was given: behind the last word."""
        assert row.units[Unit.CHARACTERS] == Decimal(len(self.spoken(size)) + 1)


class TestAuraStreaming(_SpokenWordByWord, TTSConformance):
    model, voice = "aura-2", "thalia-en"


class TestFluxVoiceStreaming(_SpokenWordByWord, TTSConformance):
    model, voice = "flux", "haley-en"


class TestAuraAtOnce(_TTS, TTSConformance):
    model, voice = "aura-2", "thalia-en"
    streaming = False
    times_out = False


class TestFluxVoiceAtOnce(_TTS, TTSConformance):
    model, voice = "flux", "haley-en"
    streaming = False
    times_out = False
