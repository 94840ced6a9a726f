"""A month of Anthropic's usage and cost reports beside the ledger of the same calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import voicegw_anthropic
from voicegateway.testing import ReconcileConformance
from voicegateway.testing.reconciling.calls import DAY, Call, Leg, billed, by_bucket, counted
from voicegateway.testing.reconciling.faults import Fault
from voicegateway.types import Modality, Unit, Usage

HAIKU, SONNET = "claude-haiku-4-5", "claude-sonnet-4-5"
SNAPSHOTS = {HAIKU: "claude-haiku-4-5-20251001", SONNET: "claude-sonnet-4-5-20250929"}
KINDS = {
    Unit.INPUT_TOKENS: "uncached_input_tokens",
    Unit.CACHED_INPUT_TOKENS: "cache_read_input_tokens",
    Unit.CACHE_WRITE_TOKENS: "cache_creation.ephemeral_5m_input_tokens",
    Unit.CACHE_WRITE_1H_TOKENS: "cache_creation.ephemeral_1h_input_tokens",
    Unit.OUTPUT_TOKENS: "output_tokens",
}
PAGE = 7
"""Buckets on a page."""


def spoken(chance):
    return {
        Unit.INPUT_TOKENS: Decimal(chance.randrange(20, 600)),
        Unit.CACHED_INPUT_TOKENS: Decimal(chance.choice([0, 2100, 4200, 6300])),
        Unit.CACHE_WRITE_TOKENS: Decimal(chance.choice([0, 0, 2100])),
        Unit.CACHE_WRITE_1H_TOKENS: Decimal(chance.choice([0, 0, 0, 1500])),
        Unit.OUTPUT_TOKENS: Decimal(chance.randrange(8, 180)),
    }


def searching(chance):
    """With the vendor's own tool, a search of which is a request."""
    return {**spoken(chance), Unit.REQUESTS: Decimal(chance.choice([0, 0, 1, 2]))}


def booked(call: Call, units: dict[Unit, Decimal], tier: str | None = None) -> Call:
    """With other units, at their price."""
    on = replace(call.terms, service_tier=tier)
    quote = voicegw_anthropic.price_usage(call.model, call.modality, Usage(units), on)
    return replace(call, units=units, quote=quote)


def written_for_an_hour(call: Call) -> list[Call]:
    """Cache writes of five minutes, which the vendor has as ones of an hour, at twice the rate."""
    units = dict(call.units)
    if call.number % 2 or not units[Unit.CACHE_WRITE_TOKENS]:
        return [call]
    units[Unit.CACHE_WRITE_1H_TOKENS] += units.pop(Unit.CACHE_WRITE_TOKENS)
    return [booked(call, units)]


def cache_in_input(call: Call) -> list[Call]:
    """Counters added up as if the input had no cache in it, and again with it."""
    units = dict(call.units)
    units[Unit.INPUT_TOKENS] += units[Unit.CACHED_INPUT_TOKENS]
    return [booked(call, units)]


def summed_up(call: Call) -> list[Call]:
    """Output tokens that grow with each event, added to those of the first."""
    return [booked(call, {**call.units, Unit.OUTPUT_TOKENS: call.units[Unit.OUTPUT_TOKENS] + 40})]


def in_the_us(call: Call) -> list[Call]:
    return [booked(call, dict(call.units), "us")]


class TestAnthropicAgrees(ReconcileConformance):
    provider, plugin = "anthropic", voicegw_anthropic
    legs = (Leg(HAIKU, Modality.LLM, spoken), Leg(SONNET, Modality.LLM, searching))
    rows = {HAIKU: set(KINDS), SONNET: {*KINDS, Unit.REQUESTS}}
    hourly = True

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        """The cost report has days alone."""
        files = []
        for name, results in (("usage", used), ("cost", charged)):
            if name == "cost" and width != DAY:
                continue
            for number, page in enumerate(pages(calls, width, results), 1):
                files.append(folder / f"{name}-{number}.json")
                files[-1].write_text(json.dumps(page))
        return files

    def faults(self) -> list[Fault]:
        written = frozenset({Unit.CACHE_WRITE_TOKENS, Unit.CACHE_WRITE_1H_TOKENS})
        return [
            *super().faults(),
            Fault("cache writes of an hour", HAIKU, {HAIKU: "units"}, vendor=written_for_an_hour,
                  units=written),
            Fault("the cache counted twice", HAIKU, {HAIKU: "units"}, ledger=cache_in_input,
                  units=frozenset({Unit.INPUT_TOKENS}), says="cache counted twice"),
            Fault("events of one answer summed", SONNET, {SONNET: "units"}, ledger=summed_up,
                  units=frozenset({Unit.OUTPUT_TOKENS})),
            Fault("inference in the US only", HAIKU, {HAIKU: "rate"}, vendor=in_the_us),
        ]  # fmt: skip


def pages(
    calls: list[Call], width: timedelta, results: Callable[[str, list[Call]], Iterator[dict]]
) -> list[dict]:
    buckets = [
        {
            "starting_at": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "ending_at": f"{start + width:%Y-%m-%dT%H:%M:%SZ}",
            "results": [one for model, some in found.items() for one in results(model, some)],
        }
        for start, found in by_bucket(calls, width, lambda call: call.model).items()
    ]
    data = [buckets[at : at + PAGE] for at in range(0, len(buckets), PAGE)]
    return [
        {
            "data": some,
            "has_more": number < len(data),
            "next_page": f"page_{number + 1}" if number < len(data) else None,
        }
        for number, some in enumerate(data, 1)
    ]


def used(model: str, calls: list[Call]) -> Iterator[dict]:
    tokens = {unit: round(counted(calls, unit)) for unit in (*KINDS, Unit.REQUESTS)}
    yield {
        "uncached_input_tokens": tokens[Unit.INPUT_TOKENS],
        "cache_creation": {
            "ephemeral_1h_input_tokens": tokens[Unit.CACHE_WRITE_1H_TOKENS],
            "ephemeral_5m_input_tokens": tokens[Unit.CACHE_WRITE_TOKENS],
        },
        "cache_read_input_tokens": tokens[Unit.CACHED_INPUT_TOKENS],
        "output_tokens": tokens[Unit.OUTPUT_TOKENS],
        "server_tool_use": {"web_search_requests": tokens[Unit.REQUESTS]},
        "model": SNAPSHOTS.get(model, model),
        "service_tier": "standard",
        "context_window": "0-200k",
        "api_key_id": None,
        "workspace_id": None,
    }


def charged(model: str, calls: list[Call]) -> Iterator[dict]:
    """Cents in strings, to the sixth decimal, by the kind of token and without a quantity."""
    for unit in (*KINDS, Unit.REQUESTS):
        cents = round(billed(calls, unit) * 100, 6)
        if cents:
            yield {
                "currency": "USD",
                "amount": str(cents),
                "model": SNAPSHOTS.get(model, model),
                "cost_type": "web_search" if unit is Unit.REQUESTS else "tokens",
                "token_type": KINDS.get(unit),
                "description": f"{model} usage",
                "workspace_id": None,
            }
