"""What every provider plugin must do, for each of ElevenLabs' ways of speaking and listening."""

from decimal import Decimal
from typing import ClassVar

import pytest
from cloud import Scribe, Speaker

import voicegw_elevenlabs
from voicegateway.testing import PricingConformance, STTConformance, TTSConformance
from voicegateway.types import Modality, Unit

FACTS = ("character_count", "character_cost", "times_sent", "sent_characters")


class Described:
    provider = "elevenlabs"
    plugin = voicegw_elevenlabs
    package = "voicegw_elevenlabs"


class Speaking(Described, TTSConformance):
    voice = "JBFqnCBsd6RMkjVDRZzb"
    options: ClassVar = {"encoding": "pcm_16000"}
    wrong_option, nearest_option = "encodng", "encoding"
    wrong_settings: ClassVar = {"plan": "golden"}
    vendor_facts = FACTS

    @pytest.fixture
    async def cloud(self):
        async with Speaker() as cloud:
            yield cloud


class TestSharedSocket(Speaking):
    model = "eleven_flash_v2_5"


class TestHttp(Speaking):
    model = "eleven_flash_v2_5"
    streaming = False
    times_out = False  # LiveKit's client waits half a minute, whatever the options say


class TestDialogue(Speaking):
    model = "eleven_v4_turbo"


class Hearing(Described, STTConformance):
    language = "en"
    wrong_option, nearest_option = "no_verbatm", "no_verbatim"
    wrong_settings: ClassVar = {"plan": "golden"}
    vendor_facts = ("audio_duration_secs", "audio_flushed")

    @pytest.fixture
    async def cloud(self):
        async with Scribe() as cloud:
            yield cloud


class TestOneRequest(Hearing):
    model = "scribe_v2"
    streaming = False
    times_out = False  # LiveKit's client waits as long as aiohttp


@pytest.mark.usefixtures("impatient")
class TestRealtime(Hearing):
    model = "scribe_v2_realtime"
    batch = False
    drop_is_failure = False  # after the last commit a broken line is the end


class TestPricing(Described, PricingConformance):
    known: ClassVar = [
        (
            "eleven_flash_v2_5",
            Modality.TTS,
            {Unit.CHARACTERS: Decimal(44)},
            {},
            Decimal("0.00176"),
        ),
        (
            "scribe_v2",
            Modality.STT,
            {Unit.AUDIO_SECONDS: Decimal(90)},
            {},
            Decimal("0.0055"),
        ),
        (
            "scribe_v2_realtime",
            Modality.STT,
            {Unit.AUDIO_SECONDS: Decimal(90)},
            {"mode": "realtime"},
            Decimal("0.00975"),
        ),
    ]
    free_units: ClassVar = [
        ("eleven_flash_v2_5", Modality.TTS, Unit.AUDIO_SECONDS),
        ("scribe_v2", Modality.STT, Unit.SESSION_SECONDS),
        ("scribe_v2_realtime", Modality.STT, Unit.SESSION_SECONDS),
    ]
