"""Verdict, quote and row: who decides what an attempt cost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from voicegateway.middleware.call import Leg, Scope
from voicegateway.middleware.cost_tracker import CostTracker
from voicegateway.middleware.instrumented_provider import meter
from voicegateway.middleware.verdict import default_verdict
from voicegateway.pricing.overrides import Overrides, Rate, RateOverride
from voicegateway.testing import FakeLLM, MemoryLedger, drain, prompt
from voicegateway.types import (
    Modality,
    PriceLine,
    PriceQuote,
    PriceTerms,
    StreamReport,
    StreamVerdict,
    Unit,
    Usage,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Plugin:
    """A provider's two hooks, as a test wants them."""

    def __init__(self, quote=None, verdict=None):
        self.quote, self.verdict = quote, verdict

    def validate_stream(self, report):
        return self.verdict(report) if self.verdict else None

    def price_usage(self, model, modality, usage, terms):
        return self.quote(usage) if self.quote else None


async def row_of(plugin, overrides=()):
    rows = MemoryLedger()
    tracker = CostTracker(rows, lambda _: plugin, Overrides(list(overrides)).quote)
    model = FakeLLM(prompt_tokens=10)
    meter(model, Leg("fake", "m", Modality.LLM), tracker, lambda _: Scope("p"), lambda _: None)
    await drain(model.chat(chat_ctx=prompt()))
    (row,) = await rows.settled()
    return row


def one_line(usage, unit=Unit.OUTPUT_TOKENS, **more):
    quantity = usage.units[unit]
    line = PriceLine(unit, quantity, quantity, Decimal(1), Decimal(1), quantity)
    return PriceQuote(quantity, (line,), source="list", **more)


async def test_the_plugins_quote_is_the_price():
    row = await row_of(
        Plugin(quote=one_line, verdict=lambda r: StreamVerdict(r.reported, "confirmed"))
    )
    assert (row.quote.amount_usd, row.quote.confidence, row.quote.source) == (4, "exact", "list")


async def test_only_a_confirmed_count_is_exact():
    row = await row_of(Plugin(quote=one_line))
    assert (row.verdict, row.quote.confidence) == ("unverifiable", "estimated")


async def test_nothing_costs_nothing_exactly():
    free = PriceQuote(Decimal(0), source="self-hosted")
    row = await row_of(Plugin(quote=lambda usage: free))
    assert row.quote == free


async def test_an_unpriced_unit_makes_the_amount_unknown():
    row = await row_of(Plugin(quote=lambda usage: one_line(usage, unpriced=(Unit.INPUT_TOKENS,))))
    assert row.quote.amount_usd is None
    assert row.quote.confidence == "unknown"
    assert row.quote.lines  # a lower bound


async def test_the_operators_rate_wins():
    override = RateOverride("fake", {Unit.OUTPUT_TOKENS: Rate(Decimal("0.5"))}, note="contract 7")
    row = await row_of(Plugin(quote=one_line), [override])
    assert (row.quote.amount_usd, row.quote.source) == (2, "operator: contract 7")


async def test_the_plugins_verdict_decides_what_is_priced():
    def verdict(report):
        return StreamVerdict(Usage({Unit.OUTPUT_TOKENS: Decimal(7)}), "mismatch")

    row = await row_of(Plugin(quote=one_line, verdict=verdict))
    assert (row.verdict, row.quote.amount_usd) == ("mismatch", 7)


@pytest.mark.parametrize("hook", ["quote", "verdict"])
async def test_a_hook_that_raises_loses_no_row(hook, caplog):
    def broken(_):
        raise RuntimeError("what was said")

    row = await row_of(Plugin(**{hook: broken}))
    assert row.units[Unit.OUTPUT_TOKENS] == 4
    assert "RuntimeError" in caplog.text
    assert "what was said" not in caplog.text


def test_the_last_valid_override_that_matches_applies():
    overrides = Overrides(
        [
            RateOverride("acme", {Unit.CHARACTERS: Rate(Decimal(1))}),
            RateOverride("acme", {Unit.CHARACTERS: Rate(Decimal(2))}, model="tone-*"),
            RateOverride(
                "acme",
                {Unit.CHARACTERS: Rate(Decimal(3))},
                model="tone-*",
                valid_from=date(2027, 1, 1),
            ),
            RateOverride("acme", {Unit.CHARACTERS: Rate(Decimal(4))}, mode="batch"),
        ]
    )
    usage = Usage({Unit.CHARACTERS: Decimal(10), Unit.AUDIO_SECONDS: Decimal(5)})

    def amount(model, mode="streaming", at=NOW):
        quote = overrides.quote("acme", model, usage, PriceTerms(at, mode))
        return quote.amount_usd

    assert amount("other") == 10
    assert amount("tone-1") == 20
    assert amount("tone-1", mode="batch") == 40
    assert amount("tone-1", at=datetime(2027, 1, 1, tzinfo=UTC)) == 30
    assert overrides.quote("stranger", "x", usage, PriceTerms(NOW)) is None


def report(measured, reported, *, outcome="completed", basis="measured"):
    return StreamReport(
        call_id="c",
        attempt=1,
        provider="p",
        model="m",
        modality=Modality.STT,
        terms=PriceTerms(NOW),
        outcome=outcome,
        measured=Usage({Unit.AUDIO_SECONDS: Decimal(measured)}, basis),
        reported=None if reported is None else Usage({Unit.AUDIO_SECONDS: Decimal(reported)}),
        opened_at=NOW,
        first_output_ms=None,
        duration_ms=1.0,
    )


@pytest.mark.parametrize(
    ("measured", "reported", "outcome", "status"),
    [
        ("100", "101.9", "completed", "confirmed"),
        ("100", "103", "completed", "mismatch"),
        ("2", "2.9", "completed", "confirmed"),
        ("2", None, "completed", "usage_missing"),
        ("2", None, "failed", "usage_missing"),
        ("2", None, "cancelled", "cancelled_partial"),
        ("0", "5", "completed", "unverifiable"),
    ],
)
def test_default_verdicts(measured, reported, outcome, status):
    assert default_verdict(report(measured, reported, outcome=outcome)).status == status


def test_an_estimate_confirms_nothing():
    assert default_verdict(report("2", "2", basis="estimated")).status == "unverifiable"
