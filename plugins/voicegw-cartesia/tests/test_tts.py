"""Speech on the loopback cloud: what the cloud was sent, and what the ledger says of it."""

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import APIConnectionError, APIError, APIStatusError
from livekit.plugins import cartesia

from voicegateway import attach
from voicegateway.testing import Fault, drain, retries
from voicegateway.types import Unit

TEXT = "The quick brown fox is here. The lazy dog is over there."
PRO = Decimal("0.00005")
"""One credit, on the plan Pro."""


def say(target, text=TEXT, count=0):
    stream = target.stream(conn_options=retries(count))
    stream.push_text(text)
    stream.end_input()
    return stream


async def hear(stream):
    """Samples of what a stream says."""
    async with stream:
        return sum([event.frame.samples_per_channel async for event in stream])


async def test_a_stream(make, cloud, bench):
    target = make("TTS", "sonic-3:voice-1", plan="pro", language="fr")
    assert await hear(say(target)) > 0
    first, second, last = cloud.messages
    assert (first["model_id"], first["language"]) == ("sonic-3", "fr")
    assert first["voice"] == {"mode": "id", "id": "voice-1"}
    assert (first["transcript"], second["transcript"]) == (
        "The quick brown fox is here. ",
        "The lazy dog is over there. ",
    )
    assert (last["transcript"], last["continue"]) == (" ", False)
    assert len({said["context_id"] for said in cloud.messages}) == 1
    (row,) = await bench.rows()
    assert row.units[Unit.CHARACTERS] == len(TEXT)
    assert (row.outcome, row.basis, row.verdict) == ("completed", "measured", "usage_missing")
    assert (row.quote.amount_usd, row.quote.confidence) == (len(TEXT) * PRO, "estimated")
    assert 0 < row.ttfb_ms < row.duration_ms


async def test_one_request(make, cloud, bench):
    target = make("TTS", "sonic-3", voice="voice-2", plan="scale")
    assert await hear(target.synthesize(TEXT)) > 0
    (request,) = cloud.received
    assert (request.path, request.json()["voice"]["id"]) == ("/tts/bytes", "voice-2")
    assert request.json()["transcript"] == TEXT
    (row,) = await bench.rows()
    assert row.units[Unit.CHARACTERS] == len(TEXT)
    assert row.quote.amount_usd == Decimal("0.002093")
    assert 0 < row.ttfb_ms < row.duration_ms


async def test_a_professional_voice_costs_half_as_much_again(make, bench):
    target = make("TTS", "sonic-3", plan="pro", professional_voice=True)
    await hear(target.synthesize("x" * 1000))
    (row,) = await bench.rows()
    assert row.quote.amount_usd == Decimal("0.075")
    assert [line.amount_usd for line in row.quote.lines] == [Decimal("0.05"), Decimal("0.025")]


async def test_text_is_counted_in_code_points(make, bench):
    text = "Grüße aus Köln 👋🏽."
    await hear(say(make("TTS", "sonic-3", plan="pro"), text))
    (row,) = await bench.rows()
    assert row.units[Unit.CHARACTERS] == len(text)


async def test_empty_lines_are_not_sent_and_no_mismatch(make, bench):
    lines = ("This is the first of them.", "This is the second of them.", "And a third one.")
    await hear(say(make("TTS", "sonic-3", plan="pro"), "\n\n".join(lines)))
    (row,) = await bench.rows()
    assert row.verdict == "usage_missing"
    assert row.units[Unit.CHARACTERS] == len(" ".join(lines))


async def test_connections_are_reused_and_turns_are_not_mixed(make, cloud, bench):
    target = make("TTS", "sonic-3", plan="pro")
    for text in ("One.", "And two."):
        await hear(say(target, text))
    assert len(cloud.received) == 1
    assert [row.units[Unit.CHARACTERS] for row in await bench.rows()] == [4, 8]


async def test_two_turns_at_once(make, bench):
    target = make("TTS", "sonic-3", plan="pro")
    await asyncio.gather(hear(say(target, "One.")), hear(say(target, "And two.")))
    rows = await bench.rows()
    assert sorted(row.units[Unit.CHARACTERS] for row in rows) == [4, 8]


async def test_a_turn_cut_off_is_billed_for_what_was_sent(make, bench):
    """A sentence goes when the next one begins; the beginning that is still here was not sent."""
    stream = make("TTS", "sonic-3", plan="pro").stream()
    stream.push_text(f"{TEXT} And this is not sent")
    async for _ in stream:
        break
    await stream.aclose()
    (row,) = await bench.rows()
    assert (row.outcome, row.verdict) == ("cancelled", "cancelled_partial")
    assert row.units[Unit.CHARACTERS] == len(TEXT)
    assert row.quote.amount_usd == len(TEXT) * PRO


async def test_a_turn_cut_off_before_a_sentence_was_whole_costs_nothing(make, bench):
    target = make("TTS", "sonic-3", plan="pro")
    await hear(say(target, "One."))
    stream = target.stream()
    stream.push_text("And two")
    await asyncio.sleep(0.05)
    await stream.aclose()
    _, row = await bench.rows()
    assert (row.outcome, row.units) == ("cancelled", {Unit.CHARACTERS: 0})
    assert row.quote.amount_usd == 0


@pytest.mark.parametrize("fault", [Fault.WRONG_KEY, Fault.RATE_LIMITED, Fault.SERVER_ERROR])
@pytest.mark.parametrize("streaming", [True, False])
async def test_a_request_that_is_refused_costs_nothing(make, cloud, bench, fault, streaming):
    cloud.fault = fault
    target = make("TTS", "sonic-3", plan="pro")
    stream = say(target) if streaming else target.synthesize(TEXT, conn_options=retries(0))
    with pytest.raises(APIStatusError):
        await hear(stream)
    (row,) = await bench.rows()
    assert (row.outcome, row.units, row.quote.amount_usd) == ("failed", {Unit.CHARACTERS: 0}, 0)


@pytest.mark.parametrize("kind", ["error", "done"])
async def test_an_error_message_costs_nothing(make, cloud, bench, kind):
    cloud.refuses_text = kind
    with pytest.raises(APIError):
        await hear(say(make("TTS", "sonic-3", plan="pro")))
    (row,) = await bench.rows()
    assert (row.outcome, row.quote.amount_usd) == ("failed", 0)


@pytest.mark.parametrize("streaming", [True, False])
async def test_nobody_there_costs_nothing(make, bench, streaming):
    target = make("TTS", "sonic-3", base_url="http://127.0.0.1:9")
    stream = say(target) if streaming else target.synthesize(TEXT, conn_options=retries(0))
    with pytest.raises(APIConnectionError):
        await hear(stream)
    (row,) = await bench.rows()
    assert (row.outcome, row.quote.amount_usd) == ("failed", 0)


async def test_a_connection_that_breaks_is_billed_for_what_was_sent(make, cloud, bench):
    cloud.fault = Fault.CLOSE_MID_STREAM
    with pytest.raises(APIError):
        await hear(say(make("TTS", "sonic-3", plan="pro")))
    (row,) = await bench.rows()
    assert (row.outcome, row.verdict) == ("failed", "usage_missing")
    assert row.units[Unit.CHARACTERS] in {28, len(TEXT)}


async def test_a_retry_is_a_row_of_its_own(make, cloud, bench):
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    await hear(say(make("TTS", "sonic-3", plan="pro"), count=1))
    first, second = await bench.rows()
    assert first.call_id == second.call_id
    assert (first.outcome, second.outcome) == ("failed", "completed")
    assert (first.quote.amount_usd, second.quote.amount_usd) == (0, len(TEXT) * PRO)


async def test_an_object_built_by_hand(bench, cloud):
    from livekit.agents import AgentSession

    target = cartesia.TTS(model="sonic-3", api_key=cloud.key, base_url=cloud.url)
    attach(AgentSession(tts=target))
    await drain(say(target))
    await target.aclose()
    (row,) = await bench.rows()
    assert (row.provider, row.verdict) == ("cartesia", "usage_missing")
    assert row.quote.amount_usd == len(TEXT) * PRO
