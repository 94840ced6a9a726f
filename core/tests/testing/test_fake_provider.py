"""`FakeProvider`: it does as it is told, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from voicegateway import inference
from voicegateway.pricing.overrides import Rate
from voicegateway.testing import FakeProvider, ScriptedError, drain, prompt, retries, silence
from voicegateway.types import Modality, Unit

ONE = {Unit.INPUT_TOKENS: Decimal(42), Unit.OUTPUT_TOKENS: Decimal(4)}


@pytest.fixture
def fake(plugins):
    """`fake(llm={"fails": 1})` installs a scripted provider as `acme`."""

    def install(**scripts):
        provider = FakeProvider(**scripts)
        plugins.install("acme", provider)
        return provider

    return install


async def say(**options):
    await drain(inference.LLM("acme/parrot-1").chat(chat_ctx=prompt("hello"), **options))


async def hear(seconds=1.0, **options):
    stream = inference.STT("acme/ear-1").stream(**options)
    for _ in range(round(seconds * 50)):
        stream.push_frame(silence())
    stream.end_input()
    await drain(stream)


async def speak(text="hello there", **options):
    stream = inference.TTS("acme/tone-1").stream(**options)
    stream.push_text(text)
    stream.end_input()
    await drain(stream)


async def test_the_hooks_note_what_they_were_asked(plugins, fake):
    provider = fake()
    tts = inference.TTS("acme/tone-1:nova", base_url="http://acme", api_key="key-0123456789abc")
    (asked,) = provider.asked_of("create_tts")
    assert (asked["model"], asked["voice"], asked["options"]) == ("tone-1", "nova", {})
    assert asked["settings"].base_url == "http://acme"
    assert provider.made == [tts]
    assert "key-0123456789abc" not in repr(provider.asked)
    await drain(tts.synthesize("hello"))
    (row,) = await plugins.rows()
    (judged,) = provider.asked_of("validate_stream")
    assert judged["report"].call_id == row.call_id
    assert provider.asked_of("price_usage")[-1]["modality"] is Modality.TTS


async def test_an_option_of_a_factory_overrides_the_script(plugins, fake):
    fake(llm={"words": ("never ", "heard "), "prompt_tokens": 7})
    llm = inference.LLM("acme/parrot-1", words=("yes",))
    await drain(llm.chat(chat_ctx=prompt()))
    (row,) = await plugins.rows()
    assert row.units == {Unit.INPUT_TOKENS: Decimal(7), Unit.OUTPUT_TOKENS: Decimal(1)}


async def test_an_unknown_option_is_refused(fake):
    fake()
    with pytest.raises(ValueError, match="did you mean 'words'"):
        inference.LLM("acme/parrot-1", word=("yes",))


@pytest.mark.parametrize(
    ("modality", "call", "script"),
    [
        ("llm", say, {"fail_after": 0}),
        ("llm", say, {"fail_after": 2}),
        ("stt", hear, {"fail_after": 3}),
        ("tts", speak, {"fail_after": 0}),
    ],
)
async def test_a_scripted_failure_and_its_retry_are_two_rows(plugins, fake, modality, call, script):
    fake(**{modality: {"fails": 1, **script}})
    await call(conn_options=retries(1))
    assert [(row.outcome, row.error) for row in await plugins.rows()] == [
        ("failed", "ScriptedError"),
        ("completed", None),
    ]


async def test_after_the_first_output_a_voice_is_not_tried_again(plugins, fake):
    fake(tts={"fails": 1, "fail_after": 1, "streaming": False})
    with pytest.raises(ScriptedError):
        await drain(inference.TTS("acme/tone-1").synthesize("hello there", conn_options=retries(0)))
    (row,) = await plugins.rows()
    assert row.outcome == "failed"
    assert row.units[Unit.CHARACTERS] == 11


@pytest.mark.parametrize(("modality", "call"), [("llm", say), ("stt", hear), ("tts", speak)])
async def test_a_call_that_hangs_waits_until_it_is_given_up(plugins, fake, modality, call):
    fake(**{modality: {"fails": 1, "hang": True}})
    task = asyncio.create_task(call())
    for _ in range(50):
        await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    (row,) = await plugins.rows()
    assert row.outcome == ("completed" if modality == "stt" else "cancelled")


async def test_usage_may_be_left_out_or_come_twice(plugins, fake):
    fake(llm={"sends_usage": False})
    await say()
    fake_twice = FakeProvider(llm={"usage_twice": True}, stt={"usage_twice": True})
    plugins.install("twice", fake_twice)
    await drain(inference.LLM("twice/parrot-1").chat(chat_ctx=prompt()))
    silent, twice = await plugins.rows()
    assert (silent.basis, silent.verdict) == ("estimated", "usage_missing")
    assert (twice.basis, twice.units) == ("reported", ONE)
    assert fake_twice.asked_of("validate_stream")[0]["report"].vendor["usage_events"] == 2


async def test_audio_that_is_reported_twice_is_a_mismatch(plugins, fake):
    fake(stt={"usage_twice": True})
    await hear(seconds=2.0)
    (row,) = await plugins.rows()
    assert (row.units[Unit.AUDIO_SECONDS], row.verdict) == (4, "mismatch")


async def test_a_voice_may_report_tokens(plugins, fake):
    fake(tts={"tokens": (3, 40)})
    await speak()
    (row,) = await plugins.rows()
    assert row.units == {Unit.INPUT_TOKENS: Decimal(3), Unit.OUTPUT_AUDIO_TOKENS: Decimal(40)}


async def test_it_prices_by_the_rates_it_is_given(plugins, fake):
    rates = {
        Unit.INPUT_TOKENS: Rate(Decimal("0.15"), Decimal(1000)),
        Unit.OUTPUT_TOKENS: Rate(Decimal("0.60"), Decimal(1000)),
    }
    fake(rates=rates)
    await say()
    (row,) = await plugins.rows()
    assert row.quote.amount_usd == Decimal("0.0087")
    assert [line.rate_usd for line in row.quote.lines] == [Decimal("0.15"), Decimal("0.60")]


async def test_a_unit_without_a_rate_is_unpriced_and_named(plugins, fake):
    fake(rates={Unit.INPUT_TOKENS: Rate(Decimal("0.15"), Decimal(1000))})
    await say()
    (row,) = await plugins.rows()
    assert row.quote.amount_usd is None
    assert row.quote.unpriced == (Unit.OUTPUT_TOKENS,)


async def test_a_model_it_does_not_know_has_no_price(plugins, fake):
    fake()
    await drain(inference.LLM("acme/parrot-9").chat(chat_ctx=prompt()))
    (row,) = await plugins.rows()
    assert row.quote.amount_usd is None
    assert row.quote.confidence == "unknown"
