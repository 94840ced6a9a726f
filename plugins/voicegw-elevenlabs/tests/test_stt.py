"""What speech-to-text leaves in the ledger, in one request and in real time."""

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import APIError

from voicegateway.authoring.counters import declared_terms
from voicegateway.testing import Fault, drain, retries, silence
from voicegateway.types import Unit

SECONDS = Unit.AUDIO_SECONDS
REALTIME = "scribe_v2_realtime:en-GB"
SIX_SECONDS = [silence() for _ in range(300)]
NINE_SECONDS = [silence() for _ in range(450)]


def listening(stt, frames=SIX_SECONDS, tries=0):
    stream = stt.stream(conn_options=retries(tries))
    for frame in frames:
        stream.push_frame(frame)
    return stream


async def final(stream):
    async for event in stream:
        if event.type == "final_transcript":
            return event.alternatives[0].text
    return None


async def test_one_request_is_priced_by_elevenlabs_own_duration(plugins, make, scribe):
    stt = make("STT", "scribe_v2:en-GB", scribe)
    event = await stt.recognize(NINE_SECONDS, conn_options=retries(0))
    assert event.alternatives[0].text == "hello world"
    (row,) = await plugins.rows()
    assert dict(row.units) == {SECONDS: Decimal(9)}
    assert (row.basis, row.verdict) == ("reported", "confirmed")
    assert row.quote.confidence == "exact"
    assert row.quote.amount_usd == Decimal("0.00055")
    assert 0 < row.ttfb_ms <= row.duration_ms
    (form,) = scribe.messages
    assert form["language_code"] == "en"
    assert form["model_id"] == "scribe_v2"


async def test_a_language_that_is_detected(make, scribe):
    stt = make("STT", "scribe_v2:auto", scribe)
    await stt.recognize(SIX_SECONDS, conn_options=retries(0))
    assert "language_code" not in scribe.messages[0]


async def test_a_duration_that_is_missing(plugins, make, scribe):
    scribe.fault = Fault.NO_USAGE
    stt = make("STT", "scribe_v2", scribe)
    await stt.recognize(SIX_SECONDS, conn_options=retries(0))
    (row,) = await plugins.rows()
    assert dict(row.units) == {SECONDS: Decimal(6)}
    assert (row.basis, row.verdict) == ("measured", "usage_missing")


async def test_a_retry_is_a_row_of_its_own(plugins, make, scribe):
    scribe.fault, scribe.times = Fault.RATE_LIMITED, 1
    stt = make("STT", "scribe_v2", scribe)
    await stt.recognize(SIX_SECONDS, conn_options=retries(1))
    failed, done = await plugins.rows()
    assert (failed.attempt, failed.outcome, failed.error) == (1, "failed", "APIStatusError 429")
    assert (done.attempt, done.verdict) == (2, "confirmed")


async def test_key_terms_are_an_add_on(plugins, make, scribe):
    stt = make("STT", "scribe_v2", scribe, keyterms=["Aurelia"])
    await stt.recognize(NINE_SECONDS, conn_options=retries(0))
    (row,) = await plugins.rows()
    assert row.units[SECONDS] == 9
    assert row.quote.amount_usd == Decimal("0.00066")  # 0.00055 and 20 %


async def test_over_a_hundred_key_terms_are_billed_for_20_s(plugins, make, scribe):
    stt = make("STT", "scribe_v2", scribe, keyterms=[f"term {n}" for n in range(101)])
    await stt.recognize(NINE_SECONDS, conn_options=retries(0))
    (row,) = await plugins.rows()
    assert row.units[SECONDS] == 9
    assert [line.billed for line in row.quote.lines] == [20, 20]
    assert round(row.quote.amount_usd, 12) == Decimal("0.001466666667")


async def test_realtime_is_priced_by_what_was_sent(plugins, make, scribe):
    scribe.closes = False
    stream = listening(make("STT", REALTIME, scribe))
    stream.flush()
    assert await final(stream) == "hello world"
    await stream.aclose()
    (row,) = await plugins.rows()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "measured", "usage_missing")
    assert row.units[SECONDS] == 6 == scribe.heard_seconds()
    assert row.quote.amount_usd == Decimal("0.00065")
    assert row.quote.confidence == "estimated"
    (request,) = scribe.received
    assert request.path == "/v1/speech-to-text/realtime"
    assert (request.query["model_id"], request.query["language_code"]) == (
        "scribe_v2_realtime",
        "en",
    )


async def test_silence_that_the_client_adds_is_billed_too(plugins, make, scribe):
    """Scribe wants 0.3 s before a commit, and LiveKit's client fills up to that."""
    scribe.closes = False
    stream = listening(make("STT", REALTIME, scribe), SIX_SECONDS[:5])
    stream.flush()
    assert await final(stream) == "hello world"
    await stream.aclose()
    (row,) = await plugins.rows()
    assert float(row.units[SECONDS]) == pytest.approx(0.3) == scribe.heard_seconds()


async def test_a_stream_that_is_cut_off_has_its_last_seconds(plugins, make, scribe):
    """LiveKit's client says what it sent every 5 s, and forgets the rest when it is cancelled."""
    stt = make("STT", REALTIME, scribe)
    said = []
    stt.on("metrics_collected", lambda metrics: said.append(metrics.audio_duration))
    stream = listening(stt)
    await scribe.until_heard(6)
    await stream.aclose()
    (row,) = await plugins.rows()
    assert (row.outcome, row.units[SECONDS]) == ("completed", 6)
    assert sum(said) == pytest.approx(6)


async def test_audio_that_never_left_costs_nothing(plugins, make, scribe):
    scribe.fault = Fault.WRONG_KEY
    stream = listening(make("STT", REALTIME, scribe))
    with pytest.raises(APIError):
        await final(stream)
    await stream.aclose()
    (row,) = await plugins.rows()
    assert (row.outcome, row.error) == ("failed", "APIStatusError 401")
    assert (row.units[SECONDS], row.quote.amount_usd) == (0, 0)


async def test_a_realtime_retry_is_a_row_of_its_own(plugins, make, scribe):
    scribe.fault, scribe.times, scribe.closes = Fault.SERVER_ERROR, 1, False
    stream = listening(make("STT", REALTIME, scribe), tries=1)
    stream.flush()
    assert await final(stream) == "hello world"
    await stream.aclose()
    failed, done = await plugins.rows()
    assert (failed.outcome, failed.units[SECONDS]) == ("failed", 0)
    assert (done.attempt, done.outcome, done.units[SECONDS]) == (2, "completed", 6)


async def test_two_streams_on_one_object(plugins, make, scribe):
    scribe.closes = False
    stt = make("STT", REALTIME, scribe)
    streams = [listening(stt), listening(stt, SIX_SECONDS[:50])]
    for stream in streams:
        stream.flush()
    await asyncio.gather(*(final(stream) for stream in streams))
    for stream in streams:
        await stream.aclose()
    assert sorted(row.units[SECONDS] for row in await plugins.rows()) == [1, 6]


@pytest.mark.usefixtures("impatient")
async def test_a_stream_that_elevenlabs_ends(plugins, make, scribe):
    stream = listening(make("STT", REALTIME, scribe))
    stream.end_input()
    await drain(stream)
    (row,) = await plugins.rows()
    assert (row.outcome, row.units[SECONDS]) == ("completed", 6)


async def test_key_terms_in_real_time_have_no_known_price(plugins, make, scribe):
    scribe.closes = False
    stt = make("STT", REALTIME, scribe)
    stt.update_options(keyterms=["Aurelia"])
    stream = listening(stt)
    stream.flush()
    await final(stream)
    await stream.aclose()
    (row,) = await plugins.rows()
    assert row.quote.amount_usd is None
    assert "no rate for the add-on keyterms" in row.quote.source
    stt.update_options(keyterms=[])
    assert declared_terms(stt).addons == frozenset()
    stt.update_options(no_verbatim=True)
    assert declared_terms(stt).addons == frozenset()
