"""OpenAI's usage and cost reports: what each line says, to the last digit."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import voicegw_openai
from voicegateway.authoring import UsageExportError
from voicegateway.core.registry import get_provider
from voicegateway.testing import UsageExportConformance
from voicegateway.types import Modality, Unit, UsageLine

EXPORTS = Path(__file__).parent / "exports"
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = datetime(2026, 11, 2, tzinfo=UTC)
THIRD = datetime(2026, 11, 3, tzinfo=UTC)


def read(source) -> list[UsageLine]:
    return list(get_provider("openai").read_usage_export(source))


def read_json(*documents) -> list[UsageLine]:
    return read(io.BytesIO("\n".join(map(json.dumps, documents)).encode()))


def page(*results, start=FIRST, end=SECOND, more=None) -> dict:
    bucket = {
        "object": "bucket",
        "start_time": int(start.timestamp()),
        "end_time": int(end.timestamp()),
        "results": list(results),
    }
    following = {"has_more": more is not None, "next_page": more}
    return {"object": "page", "data": [bucket], **following}


def completion(**fields) -> dict:
    return {
        "object": "organization.usage.completions.result",
        "input_tokens": 1000,
        "output_tokens": 100,
        "num_model_requests": 3,
        "model": "gpt-4o-mini-2024-07-18",
        **fields,
    }


def cost(item, value=1.5, **fields) -> dict:
    return {
        "object": "organization.costs.result",
        "amount": {"value": value, "currency": "usd"},
        "line_item": item,
        "project_id": None,
        **fields,
    }


def units_of(result) -> dict[str, int]:
    (line,) = read_json(page(result))
    return {unit.value: count for unit, count in line.units.items()}


def test_a_page_of_completions_counts_nothing_twice():
    (line,) = read(EXPORTS / "openai_usage_completions_p1.json")
    assert (line.start, line.end) == (FIRST, SECOND)
    assert (line.model, line.modality) == ("gpt-4o-mini", Modality.LLM)
    assert line.units == {
        Unit.INPUT_TOKENS: Decimal(600_000),
        Unit.CACHED_INPUT_TOKENS: Decimal(400_000),
        Unit.OUTPUT_TOKENS: Decimal(200_000),
    }
    assert line.cost_usd is None
    assert line.raw["vendor_model"] == "gpt-4o-mini-2024-07-18"
    assert line.raw["report"] == "usage.completions"
    assert (line.raw["batch"], line.raw["service_tier"]) == (False, "default")


def test_every_kind_of_token_has_its_unit():
    result = completion(
        input_tokens=1000,
        input_cached_tokens=300,
        input_cached_audio_tokens=100,
        input_cache_write_tokens=60,
        input_cache_write_30m_tokens=40,
        input_cache_write_12h_tokens=20,
        input_audio_tokens=50,
        input_image_tokens=7,
        output_tokens=100,
        output_audio_tokens=80,
    )
    assert units_of(result) == {
        "input_tokens": 590,
        "cached_input_tokens": 200,
        "cached_input_audio_tokens": 100,
        "cache_write_tokens": 40,
        "cache_write_1h_tokens": 20,
        "input_audio_tokens": 50,
        "output_tokens": 20,
        "output_audio_tokens": 80,
    }


@pytest.mark.parametrize(
    "written",
    [
        {"input_cache_write_30m_tokens": 40, "input_cache_write_12h_tokens": 20},
        {"input_cache_write_tokens": 60, "input_cache_write_12h_tokens": 20},
    ],
)
def test_cache_writes_are_known_from_their_sum_or_their_parts(written):
    found = units_of(completion(**written))
    assert (found["cache_write_tokens"], found["cache_write_1h_tokens"]) == (40, 20)
    assert found["input_tokens"] == 940


@pytest.mark.parametrize(
    "wrong",
    [
        {"input_cached_tokens": 1001},
        {"input_audio_tokens": 600, "input_cached_tokens": 500},
        {"input_cached_tokens": 10, "input_cached_audio_tokens": 11},
        {"input_cache_write_tokens": 5, "input_cache_write_12h_tokens": 6},
        {"output_audio_tokens": 101},
    ],
)
def test_parts_that_are_more_than_the_whole_are_an_error(wrong):
    with pytest.raises(UsageExportError, match=r"data\[0\]\.results\[0\]: has more"):
        read_json(page(completion(**wrong)))


def test_speech_and_transcriptions_have_characters_and_seconds():
    speech = {
        "object": "organization.usage.audio_speeches.result",
        "characters": 409_500,
        "num_model_requests": 100,
        "model": "tts-1",
    }
    heard = {
        "object": "organization.usage.audio_transcriptions.result",
        "seconds": 36_000,
        "num_model_requests": 90,
        "model": "gpt-4o-transcribe",
    }
    spoken, listened = read_json(page(speech, heard))
    assert (spoken.model, spoken.modality) == ("tts-1", Modality.TTS)
    assert spoken.units == {Unit.CHARACTERS: Decimal(409_500)}
    assert (listened.model, listened.modality) == ("gpt-4o-transcribe", Modality.STT)
    assert listened.units == {Unit.AUDIO_SECONDS: Decimal(36_000)}
    assert {line.raw["report"] for line in (spoken, listened)} == {
        "usage.audio_speeches",
        "usage.audio_transcriptions",
    }


def test_costs_are_exact_and_each_has_its_model_and_unit():
    lines = read(EXPORTS / "openai_costs.json")
    assert sum(line.cost_usd for line in lines) == Decimal("17.5775")
    first = [line for line in lines if line.start == FIRST]
    assert [(line.model, line.modality, *line.units.items(), line.cost_usd) for line in first] == [
        ("gpt-4o-mini", "llm", (Unit.INPUT_TOKENS, 600_000), Decimal("0.09")),
        ("gpt-4o-mini", "llm", (Unit.CACHED_INPUT_TOKENS, 400_000), Decimal("0.03")),
        ("gpt-4o-mini", "llm", (Unit.OUTPUT_TOKENS, 200_000), Decimal("0.12")),
        ("tts-1", "tts", (Unit.CHARACTERS, 409_500), Decimal("6.1425")),
        ("whisper-1", "stt", (Unit.AUDIO_SECONDS, 36_000), Decimal("3.6")),
    ]
    realtime = [line for line in lines if line.model == "gpt-realtime"]
    assert {unit: count for line in realtime for unit, count in line.units.items()} == {
        Unit.INPUT_TOKENS: 20_000,
        Unit.INPUT_AUDIO_TOKENS: 80_000,
        Unit.CACHED_INPUT_TOKENS: 10_000,
        Unit.CACHED_INPUT_AUDIO_TOKENS: 40_000,
        Unit.OUTPUT_TOKENS: 20_000,
        Unit.OUTPUT_AUDIO_TOKENS: 70_000,
    }
    assert all(line.end in (SECOND, THIRD) for line in lines)


@pytest.mark.parametrize(
    ("item", "quantity", "unit", "expected"),
    [
        ("gpt-5.6-luna, input", 2, "1000_tokens", {"input_tokens": 2000}),
        ("gpt-5.6-luna, cached input", 5, "tokens", {"cached_input_tokens": 5}),
        ("gpt-5.6-luna, input_cache_write_tokens", 5, "tokens", {"cache_write_tokens": 5}),
        ("gpt-5.6-luna, cache_write_12h_tokens", 5, "tokens", {"cache_write_1h_tokens": 5}),
        ("gpt-transcribe", 1.5, "duration_minutes", {"audio_seconds": 90}),
        ("gpt-transcribe", 2, "duration_hours", {"audio_seconds": 7200}),
        ("gpt-5.6-luna, batch input_tokens", 5, "tokens", {}),
        ("web search tool calls", 5, None, {}),
        ("code interpreter", 3, "gibibyte_hours", {}),
        ("gpt-5.6-luna, input_tokens", None, None, {}),
    ],
)
def test_units_of_a_line_item(item, quantity, unit, expected):
    result = cost(item, quantity=quantity, quantity_unit=unit)
    assert units_of(result) == expected
    (line,) = read_json(page(result))
    assert line.cost_usd == Decimal("1.5")


def test_a_cost_without_a_quantity_still_says_of_what_it_is():
    (line,) = read_json(page(cost("gpt-5.6-luna, output_tokens")))
    assert (line.units, line.raw["cost_of"]) == ({}, "output_tokens")


def test_money_given_back_is_below_zero_and_ungrouped_costs_are_of_every_model():
    (line,) = read_json(page(cost(None, value=-0.25)))
    assert (line.model, line.modality, line.cost_usd) == ("*", None, Decimal("-0.25"))


def test_another_currency_is_refused():
    result = cost("tts-1")
    result["amount"]["currency"] = "eur"
    with pytest.raises(UsageExportError, match="is in 'eur'"):
        read_json(page(result))


def test_several_pages_in_one_file_or_a_list_are_all_read():
    first, last = page(completion(), more="p2"), page(completion(), start=SECOND, end=THIRD)
    for lines in (read_json(first, last), read_json([first, last])):
        assert [line.start for line in lines] == [FIRST, SECOND]
        assert sum(line.units[Unit.INPUT_TOKENS] for line in lines) == 2000


def test_a_page_that_is_not_there_is_missed():
    first, last = page(completion(), more="p2"), page(completion(), more="p3")
    with pytest.raises(UsageExportError, match="says that the page 'p3' follows"):
        read_json(first, last)
    (line,) = read_json(first)
    assert line.raw["next_page"] == "p2"


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (page(completion(surprise=1, another=2)), "unknown columns: 'another', 'surprise'"),
        ({**page(), "extra": 1}, "unknown columns: 'extra'"),
        ({"error": {"message": "no"}}, "unknown columns: 'error'"),
        (page({"object": "organization.usage.images.result"}), "an object of the kind"),
        (page({"input_tokens": 5}), "an object of the kind ''"),
        (page(completion(input_tokens=-1)), "input_tokens: -1 is below zero"),
        (page(completion(input_tokens="many")), "input_tokens: 'many' is no number"),
        (page(completion(model="=1+1")), "model: '=1+1' is a spreadsheet formula"),
        (page(completion(), start=SECOND, end=FIRST), "before it begins"),
        (page(cost(5)), "line_item: 5 is no text"),
    ],
)
def test_what_is_not_as_documented_is_one_error(document, says):
    with pytest.raises(UsageExportError) as caught:
        read_json(document)
    assert says in str(caught.value)


def test_buckets_of_a_minute_keep_their_edges():
    start = datetime(2026, 11, 1, 23, 59, tzinfo=UTC)
    (line,) = read_json(page(completion(), start=start, end=SECOND))
    assert (line.start, line.end) == (start, SECOND)


class TestOpenAIExports(UsageExportConformance):
    provider, plugin = "openai", voicegw_openai
    samples = EXPORTS
