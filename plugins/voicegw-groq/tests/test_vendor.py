"""The private names of LiveKit's plugins that this package leans on, and life without them."""

from decimal import Decimal
from types import SimpleNamespace

from livekit.plugins import groq
from openai.types.audio import Transcription

from voicegateway.authoring import AttemptCounters
from voicegateway.testing import drain, prompt, retries, silence
from voicegateway.types import Unit
from voicegw_groq import counters, vendor
from voicegw_groq.client import CountingClient, ListeningClient


async def test_every_name_is_where_it_was(cloud):
    """Of LiveKit's own objects, not of ours."""
    llm = groq.LLM(api_key=cloud.key, base_url=f"{cloud.url}/openai/v1")
    stream = llm.chat(chat_ctx=prompt(), conn_options=retries(0))
    stt = groq.STT(api_key=cloud.key)
    assert vendor.missing(stream) is None
    assert vendor.missing(stt) is None
    await stream.aclose()
    await llm.aclose()
    await stt._client.close()


def test_a_name_that_has_moved_is_named():
    class Moved(groq.STT):
        def __init__(self):
            pass

    assert vendor.missing(Moved()) == "LiveKit's STT no longer has _client"


async def test_answers_are_read_along(make):
    stream = make("LLM", "openai/gpt-oss-20b").chat(chat_ctx=prompt(), conn_options=retries(0))
    assert isinstance(stream._client, CountingClient)
    assert isinstance(make("STT", "whisper-large-v3")._client, ListeningClient)
    await stream.aclose()


async def test_without_the_name_recognition_goes_on_and_the_row_is_usage_missing(
    make, cloud, plugins, monkeypatch
):
    monkeypatch.setattr("voicegw_groq.stt.missing", lambda _: "moved")
    stt = make("STT", "whisper-large-v3")
    await stt.recognize([silence(16_000)], conn_options=retries(0))
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict) == ("completed", "usage_missing")
    assert row.units == {Unit.AUDIO_SECONDS: Decimal(1)}


async def test_without_the_name_a_model_is_counted_as_livekit_reads_it(
    make, cloud, plugins, monkeypatch
):
    monkeypatch.setattr("voicegw_groq.llm.missing", lambda _: "moved")
    llm = make("LLM", "openai/gpt-oss-20b")
    assert await drain(llm.chat(chat_ctx=prompt(), conn_options=retries(0))) == 3
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict, row.units[Unit.OUTPUT_TOKENS]) == (
        "completed",
        "confirmed",
        6,
    )


async def test_a_chunk_of_another_shape_costs_the_count_and_not_the_answer(
    make, plugins, monkeypatch
):
    def broken(*_):
        raise AttributeError("another shape")

    monkeypatch.setattr("voicegw_groq.client.note_chunk", broken)
    monkeypatch.setattr("voicegw_groq.client.note_transcription", broken)
    llm = make("LLM", "openai/gpt-oss-20b")
    assert await drain(llm.chat(chat_ctx=prompt(), conn_options=retries(0))) == 3
    event = await make("STT", "whisper-large-v3").recognize([silence()], conn_options=retries(0))
    assert event.alternatives[0].text == "hello world"
    assert [row.outcome for row in await plugins.rows()] == ["completed", "completed"]


def test_a_count_in_the_short_form_is_read_too():
    """Groq sends none today; the API that it is modelled on does."""
    noted = AttemptCounters()
    answer = Transcription(text="hi", usage={"type": "duration", "seconds": 2.5})
    counters.note_transcription(noted, answer)
    assert noted.facts == {"audio_seconds": 2.5}


def test_a_choice_without_a_delta_is_no_thought():
    noted = AttemptCounters()
    chunk = SimpleNamespace(
        model_extra=None, usage=None, service_tier=None, choices=[SimpleNamespace(delta=None)]
    )
    counters.note_chunk(noted, chunk)
    assert noted.facts == {}
