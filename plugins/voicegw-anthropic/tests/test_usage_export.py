"""Anthropic's usage and cost reports: what each line says, to the last digit."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import voicegw_anthropic
from voicegateway.authoring import UsageExportError
from voicegateway.core.registry import get_provider
from voicegateway.testing import UsageExportConformance
from voicegateway.types import Modality, Unit, UsageLine

EXPORTS = Path(__file__).parent / "exports"
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = datetime(2026, 11, 2, tzinfo=UTC)
THIRD = datetime(2026, 11, 3, tzinfo=UTC)


def read(source) -> list[UsageLine]:
    return list(get_provider("anthropic").read_usage_export(source))


def read_json(*documents) -> list[UsageLine]:
    return read(io.BytesIO("\n".join(map(json.dumps, documents)).encode()))


def page(*results, start="2026-11-01T00:00:00Z", end="2026-11-02T00:00:00Z", more=None) -> dict:
    bucket = {"starting_at": start, "ending_at": end, "results": list(results)}
    return {"data": [bucket], "has_more": more is not None, "next_page": more}


def usage(**fields) -> dict:
    return {
        "uncached_input_tokens": 1500,
        "cache_creation": {"ephemeral_1h_input_tokens": 1000, "ephemeral_5m_input_tokens": 500},
        "cache_read_input_tokens": 200,
        "output_tokens": 500,
        "server_tool_use": {"web_search_requests": 10},
        "model": "claude-sonnet-4-5-20250929",
        **fields,
    }


def cost(amount="123.78912", **fields) -> dict:
    return {"currency": "USD", "amount": amount, **fields}


def test_a_usage_report_is_disjoint_as_it_comes():
    first, second = read(EXPORTS / "anthropic_usage_report_messages.json")
    assert (first.start, first.end, second.end) == (FIRST, SECOND, THIRD)
    assert (first.model, first.modality) == ("claude-haiku-4-5", Modality.LLM)
    assert first.units == {
        Unit.INPUT_TOKENS: Decimal(400_000),
        Unit.CACHED_INPUT_TOKENS: Decimal(2_000_000),
        Unit.CACHE_WRITE_TOKENS: Decimal(400_000),
        Unit.OUTPUT_TOKENS: Decimal(50_000),
    }
    assert second.units[Unit.CACHE_WRITE_1H_TOKENS] == 100_000
    assert first.cost_usd is None
    assert first.raw["vendor_model"] == "claude-haiku-4-5-20251001"
    assert (first.raw["report"], first.raw["service_tier"]) == ("usage_report", "standard")


def test_web_searches_are_requests_as_in_this_packages_rows():
    (line,) = read_json(page(usage()))
    assert line.units[Unit.REQUESTS] == 10


def test_the_successors_columns_are_known():
    fields = {
        "claude_tag_category": None,
        "claude_tag_user_id": None,
        "context_window": "0-200k",
        "inference_geo": "us",
        "product": None,
        "rbac_group_id": None,
        "requests": 7,
        "slack_channel_id": None,
        "speed": "fast",
    }
    spent = cost(list_amount="200", cost_type="tokens", token_type="output_tokens", **fields)
    used, paid = read_json(page(usage(model="claude-opus-5-5", **fields), spent))
    assert (used.model, used.raw["requests"]) == ("claude-opus-5-5", 7)
    assert paid.cost_usd == Decimal("1.2378912")
    assert paid.raw["list_amount"] == "200"


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        ({"token_type": "uncached_input_tokens"}, "input_tokens"),
        ({"token_type": "cache_read_input_tokens"}, "cached_input_tokens"),
        ({"token_type": "cache_creation.ephemeral_5m_input_tokens"}, "cache_write_tokens"),
        ({"token_type": "cache_creation.ephemeral_1h_input_tokens"}, "cache_write_1h_tokens"),
        ({"token_type": "output_tokens", "cost_type": "tokens"}, "output_tokens"),
        ({"token_type": None, "cost_type": "web_search"}, "requests"),
        ({"cost_type": "code_execution"}, None),
        ({}, None),
    ],
)
def test_amounts_are_cents_and_say_of_what_they_are(kind, unit):
    (line,) = read_json(page(cost(model="claude-sonnet-4-5-20250929", **kind)))
    assert line.cost_usd == Decimal("1.2378912")
    assert (line.model, line.units, line.raw.get("cost_of")) == ("claude-sonnet-4-5", {}, unit)


@pytest.mark.parametrize(
    ("amount", "dollars"),
    [
        ("0", "0.00"),
        ("1", "0.01"),
        ("-50", "-0.50"),
        ("0.000001", "1E-8"),
        ("123456789.5", "1234567.895"),
    ],
)
def test_cents_to_dollars_is_exact(amount, dollars):
    (line,) = read_json(page(cost(amount)))
    assert str(line.cost_usd) == dollars
    assert line.model == "*"


def test_a_buckets_zone_is_read():
    (line,) = read_json(
        page(usage(), start="2026-11-01T01:00:00+01:00", end="2026-11-01T19:00:00-05:00")
    )
    assert (line.start, line.end) == (FIRST, SECOND)


def test_several_pages_in_one_file_are_all_read_and_a_missing_one_is_missed():
    later = page(usage(), start="2026-11-02T00:00:00Z", end="2026-11-03T00:00:00Z")
    assert [line.start for line in read_json(page(usage(), more="p2"), later)] == [FIRST, SECOND]
    with pytest.raises(UsageExportError, match="says that the page 'p2' follows"):
        read_json(later, page(usage(), more="p2"))
    (line,) = read_json(page(usage(), more="p2"))
    assert line.raw["next_page"] == "p2"


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (page(usage(surprise=1, another=2)), "unknown columns: 'another', 'surprise'"),
        (page(usage(cache_creation={"ephemeral_2h_input_tokens": 1})), "unknown columns"),
        (page(usage(server_tool_use={"fetches": 1})), "unknown columns: 'fetches'"),
        ({"type": "error", "error": {}}, "unknown columns: 'error', 'type'"),
        (page({"model": "claude-opus-5-5"}), "lacks the columns"),
        (page(cost(currency="EUR")), "is in 'EUR'"),
        (page(cost(None)), "has no amount"),
        (page(cost("$12")), "amount: '$12' is no number"),
        (page(usage(output_tokens=-5)), "output_tokens: -5 is below zero"),
        (page(usage(), start="2026-11-01T00:00:00"), "it lacks its time zone"),
        (page(usage(), end="2026-11-01T00:00:00Z"), "before it begins"),
    ],
)
def test_what_is_not_as_documented_is_one_error(document, says):
    with pytest.raises(UsageExportError) as caught:
        read_json(document)
    assert says in str(caught.value)


class TestAnthropicExports(UsageExportConformance):
    provider, plugin = "anthropic", voicegw_anthropic
    samples = EXPORTS
