"""Objects built by hand: nothing recovers their counters, and rows are priced all the same."""

from decimal import Decimal

import pytest
from livekit.agents import AgentSession
from livekit.plugins import elevenlabs

import voicegw_elevenlabs
from voicegateway import attach
from voicegateway.testing import drain, retries, silence
from voicegateway.types import Unit


@pytest.fixture
def by_hand(plugins):
    plugins.install("elevenlabs", voicegw_elevenlabs)

    def make_one(kind, cloud, **options):
        made = kind(base_url=f"{cloud.url}/v1", api_key=cloud.key, **options)
        attach(AgentSession(**{kind.__name__.lower(): made}))
        return made

    return make_one


async def test_text_to_speech(plugins, by_hand, speaker):
    tts = by_hand(elevenlabs.TTS, speaker, model="eleven_flash_v2_5", encoding="pcm_16000")
    await drain(tts.synthesize("Hello, world.", conn_options=retries(0)))
    stream = tts.stream(conn_options=retries(0))
    stream.push_text("Hello, world.")
    stream.end_input()
    await drain(stream)
    await tts.aclose()
    for row in await plugins.rows():
        assert (row.units[Unit.CHARACTERS], row.basis) == (13, "measured")
        assert (row.verdict, row.quote.amount_usd) == ("usage_missing", Decimal("0.00052"))


async def test_speech_to_text(plugins, by_hand, scribe):
    stt = by_hand(elevenlabs.STT, scribe, model="scribe_v2")
    await stt.recognize([silence() for _ in range(450)], conn_options=retries(0))
    await stt.aclose()
    (row,) = await plugins.rows()
    assert (row.basis, row.verdict) == ("measured", "usage_missing")
    assert row.quote.amount_usd == Decimal("0.00055")


async def test_realtime(plugins, by_hand, scribe):
    stt = by_hand(elevenlabs.STT, scribe, model="scribe_v2_realtime")
    stream = stt.stream(conn_options=retries(0))
    for _ in range(300):
        stream.push_frame(silence())
    await scribe.until_heard(6)
    await stream.aclose()
    await stt.aclose()
    (row,) = await plugins.rows()
    assert (row.units[Unit.AUDIO_SECONDS], row.verdict) == (6, "usage_missing")
    assert row.quote.amount_usd == Decimal("0.00065")
