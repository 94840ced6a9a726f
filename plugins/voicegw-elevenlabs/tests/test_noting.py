"""What is kept of ElevenLabs' answers for the verdict."""

import pytest
from aiohttp import web
from cloud import Scribe
from livekit.agents import APIConnectionError

from voicegateway.testing import drain, retries, silence
from voicegw_elevenlabs import verdict


@pytest.fixture
def vendor(monkeypatch):
    """The facts of every report, as they are judged."""
    facts, judge = [], verdict.judge_report

    def judge_report(report):
        facts.append({k: v for k, v in report.vendor.items() if k != "usage_events"})
        return judge(report)

    monkeypatch.setattr(verdict, "judge_report", judge_report)
    return facts


async def test_of_a_request_for_speech(plugins, make, speaker, vendor):
    tts = make("TTS", "eleven_flash_v2_5", speaker, encoding="pcm_16000")
    await drain(tts.synthesize("Hello, world.", conn_options=retries(0)))
    await plugins.rows()
    assert vendor == [
        {
            "request_id": "req_1",
            "trace_id": "trace_1",
            "character_count": "13",
            "character_cost": "7",
            "times_sent": 1,
        }
    ]


async def test_of_speech_over_the_socket(plugins, make, speaker, vendor):
    tts = make("TTS", "eleven_flash_v2_5", speaker, encoding="pcm_16000")
    stream = tts.stream(conn_options=retries(0))
    stream.push_text("Hello, world.")
    stream.end_input()
    await drain(stream)
    await plugins.rows()
    (facts,) = vendor
    del facts["request_id"]  # LiveKit's own name for the stream
    assert facts == {"sent_characters": 14}


async def test_of_a_request_to_listen(plugins, make, scribe, vendor):
    stt = make("STT", "scribe_v2", scribe)
    await stt.recognize([silence()] * 50, conn_options=retries(0))
    await plugins.rows()
    assert vendor == [
        {
            "request_id": "req_1",
            "trace_id": "t_1",
            "transcription_id": "tr_1",
            "audio_duration_secs": 1.0,
        }
    ]


async def test_of_listening_in_real_time(plugins, make, scribe, vendor):
    stream = make("STT", "scribe_v2_realtime", scribe).stream(conn_options=retries(0))
    for _ in range(50):
        stream.push_frame(silence())
    await scribe.until_heard(1)
    await stream.aclose()
    await plugins.rows()
    assert vendor == [{"session_id": "sess_1", "audio_flushed": True}]


class Garbled(Scribe):
    async def transcribe(self, request):
        headers = {"request-id": "req_2"}
        return web.Response(text="{", content_type="application/json", headers=headers)


async def test_an_answer_that_cannot_be_read(plugins, make, vendor):
    """It is the client's to say so; the attempt keeps what the headers had."""
    async with Garbled() as garbled:
        stt = make("STT", "scribe_v2", garbled)
        with pytest.raises(APIConnectionError):
            await stt.recognize([silence()] * 50, conn_options=retries(0))
    await plugins.rows()
    assert vendor == [{"request_id": "req_2"}]


async def test_a_client_that_awaits_its_answer(make, scribe):
    stt = make("STT", "scribe_v2", scribe)
    session = stt._ensure_session()
    response = await session.post(f"{scribe.url}/v1/nothing", headers={"xi-api-key": scribe.key})
    assert response.status == 404
    assert not session.closed
    response.release()
