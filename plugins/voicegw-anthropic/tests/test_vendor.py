"""The private names of LiveKit's plugin that this package leans on, and life without them."""

from decimal import Decimal

import pytest
from cloud import Answer
from livekit.plugins import anthropic

from voicegateway.testing import drain, prompt, retries
from voicegateway.types import Unit
from voicegw_anthropic import vendor
from voicegw_anthropic.llm import CountingStream


def test_every_name_is_where_it_was():
    assert vendor.missing() is None


def test_a_name_that_has_moved_is_named(monkeypatch):
    monkeypatch.delattr(anthropic.LLMStream, vendor.PARSER)
    assert vendor.missing() == "LiveKit's anthropic.LLMStream no longer has _parse_event"


async def test_the_stream_is_livekits_own_and_counted(make):
    stream = make().chat(chat_ctx=prompt(), conn_options=retries(0))
    assert isinstance(stream, anthropic.LLMStream)
    assert type(stream) is CountingStream
    await stream.aclose()


@pytest.mark.parametrize("reads_usage", [True, False])
async def test_without_the_parser_calls_go_on_and_the_row_is_usage_missing(
    make, cloud, plugins, monkeypatch, reads_usage
):
    """As if a release had renamed it: ours is not called any more."""
    cloud.answer = Answer(input_tokens=25 if reads_usage else 0)
    parse = anthropic.LLMStream._parse_event
    monkeypatch.setattr(CountingStream, "_parse_event", parse)
    assert await drain(make().chat(chat_ctx=prompt(), conn_options=retries(0))) == 3
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict, row.basis) == ("completed", "usage_missing", "estimated")
    if reads_usage:
        assert row.units[Unit.INPUT_TOKENS] == Decimal(25)


async def test_a_stream_of_another_class_is_left_alone(make, monkeypatch):
    class Another(anthropic.LLMStream):
        pass

    monkeypatch.setattr("livekit.plugins.anthropic.llm.LLMStream", Another)
    stream = make().chat(chat_ctx=prompt(), conn_options=retries(0))
    assert type(stream) is Another
    await stream.aclose()
