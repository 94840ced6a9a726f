"""`/v1/speak` and `/v2/speak` through the meter."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from calls import say
from livekit.agents import APIStatusError
from livekit.plugins import deepgram

from voicegateway.testing import Fault, retries
from voicegateway.types import Unit

CHARACTERS = Unit.CHARACTERS
TEXT = "Hello there, how are you?"


async def test_aura_streamed_is_billed_by_the_characters_that_were_sent(made, bench, cloud):
    """LiveKit sends a space behind each word, so one more than it was given. Deepgram says
    nothing of them on this way."""
    target = made("TTS", "aura-2:thalia-en")
    assert isinstance(target, deepgram.TTS)
    assert await say(target, TEXT) > 0
    sent = "".join(m["text"] for m in cloud.messages if m["type"] == "Speak")
    assert sent == f"{TEXT} "
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "measured", "usage_missing")
    assert row.units[CHARACTERS] == 26
    assert row.quote.amount_usd == Decimal("0.00078")
    assert row.ttfb_ms < row.duration_ms
    assert cloud.received[-1].query["model"] == "aura-2-thalia-en"


async def test_aura_at_once_has_deepgrams_count(made, bench, cloud):
    await say(made("TTS", "aura-asteria-en"), TEXT, streaming=False)
    (row,) = await bench.rows()
    assert (row.basis, row.verdict, row.quote.confidence) == ("reported", "confirmed", "exact")
    assert row.units[CHARACTERS] == 25
    assert row.quote.amount_usd == Decimal("0.000375")
    assert (cloud.received[-1].path, cloud.received[-1].query["model"]) == (
        "/v1/speak",
        "aura-asteria-en",
    )


async def test_flux_streamed_has_deepgrams_count_of_each_turn(made, bench, cloud):
    target = made("TTS", "flux:haley-en")
    assert isinstance(target, deepgram.TTSv2)
    await say(target, TEXT)
    (row,) = await bench.rows()
    assert (row.basis, row.verdict, row.units[CHARACTERS]) == ("reported", "confirmed", 26)
    assert (cloud.received[-1].path, cloud.received[-1].query["model"]) == (
        "/v2/speak",
        "flux-haley-en",
    )


async def test_flux_voices_have_no_known_price(made, bench):
    await say(made("TTS", "flux"), TEXT)
    (row,) = await bench.rows()
    assert (row.quote.amount_usd, row.quote.unpriced) == (None, (CHARACTERS,))


async def test_flux_does_not_bill_what_it_strips(made, bench):
    await say(made("TTS", "flux"), "Ring\x07 ring\x07")
    (row,) = await bench.rows()
    assert (row.verdict, row.units[CHARACTERS]) == ("confirmed", 10)  # of 12


async def test_flux_that_received_less_than_was_sent_is_a_mismatch(made, bench, cloud):
    cloud.missing = 3
    await say(made("TTS", "flux"), TEXT)
    (row,) = await bench.rows()
    assert (row.verdict, row.basis, row.units[CHARACTERS]) == ("mismatch", "reported", 23)


async def test_flux_at_once_has_deepgrams_count(made, bench, cloud):
    await say(made("TTS", "flux:haley-en"), TEXT, streaming=False)
    (row,) = await bench.rows()
    assert (row.basis, row.verdict, row.units[CHARACTERS]) == ("reported", "confirmed", 25)
    assert cloud.received[-1].path == "/v2/speak"


async def test_a_count_at_once_that_differs_is_a_mismatch(made, bench, cloud):
    cloud.missing = 1
    await say(made("TTS", "aura-2"), TEXT, streaming=False)
    (row,) = await bench.rows()
    assert (row.verdict, row.units[CHARACTERS]) == ("mismatch", 24)


@pytest.mark.parametrize("model", ["aura-2", "flux"])
async def test_a_turn_cut_off_is_billed_by_what_was_sent(made, bench, cloud, model):
    cloud.pause = 30
    stream = made("TTS", model).stream(conn_options=retries(0))
    stream.push_text(TEXT)
    stream.end_input()
    await anext(stream)
    await stream.aclose()
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("cancelled", "measured", "cancelled_partial")
    assert row.units[CHARACTERS] == 26


@pytest.mark.parametrize("model", ["aura-2", "flux"])
async def test_a_connection_is_kept_and_each_attempt_has_its_own_characters(
    made, bench, cloud, model
):
    target = made("TTS", model)
    await say(target, "One.")
    await say(target, "One, two.")
    assert cloud.connections == 1
    assert [row.units[CHARACTERS] for row in await bench.rows()] == [5, 10]


@pytest.mark.parametrize("model", ["aura-2", "flux"])
async def test_two_streams_at_once_on_one_object(made, bench, model):
    target = made("TTS", model)
    await asyncio.gather(say(target, "One."), say(target, "One, two."))
    assert sorted(row.units[CHARACTERS] for row in await bench.rows()) == [5, 10]


@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("model", ["aura-2", "flux"])
async def test_a_voice_that_breaks_off_and_its_retry_are_two_rows(
    made, bench, cloud, model, streaming
):
    """LiveKit tries again only where nothing was heard yet, so the first attempt is refused."""
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    await say(made("TTS", model), TEXT, streaming=streaming, retry=1)
    first, second = await bench.rows()
    assert (first.attempt, first.outcome, first.error) == (1, "failed", "APIStatusError 500")
    assert (second.attempt, second.outcome) == (2, "completed")
    assert first.units[CHARACTERS] == (0 if streaming else 25)
    assert second.units[CHARACTERS] == (26 if streaming else 25)


async def test_a_refused_request_costs_nothing(made, bench, cloud):
    cloud.fault = Fault.WRONG_KEY
    with pytest.raises(APIStatusError):
        await say(made("TTS", "aura-2"), TEXT, streaming=False)
    (row,) = await bench.rows()
    assert (row.error, row.units[CHARACTERS], row.quote.amount_usd) == ("APIStatusError 401", 0, 0)


async def test_opting_out_of_the_improvement_program_has_no_known_price(made, bench, cloud):
    """Deepgram's reference says that it has an impact on the price, and no source which."""
    await say(made("TTS", "aura-2", mip_opt_out=True), TEXT)
    assert cloud.received[-1].query["mip_opt_out"] == "true"
    (row,) = await bench.rows()
    assert row.quote.amount_usd is None
    assert row.quote.lines[0].amount_usd == Decimal("0.00078")  # a lower bound
