"""Your own rates: for a plan, and for vendors that bill in credits."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from voicegateway.core.config import load_config
from voicegateway.core.policies import policies_of
from voicegateway.errors import ConfigError
from voicegateway.types import PriceTerms, Unit, Usage

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def price(yaml):
    """`price(overrides, units, plan)`: the quote at those rates."""

    def price(text, units, plan=None):
        yaml(f"pricing: {{overrides: [{text}]}}")
        overrides = policies_of(load_config().config).overrides
        usage = Usage({Unit(unit): Decimal(count) for unit, count in units.items()})
        return overrides.quote("acme", "tone-1", usage, PriceTerms(NOW, plan=plan))

    return price


def test_a_credit_has_a_price(price):
    text = "{match: {provider: acme}, credit_usd: 0.00018, note: scale}"
    quote = price(text, {"credits": "250", "characters": "500"})
    assert quote.amount_usd == Decimal("0.04500")
    assert [line.unit for line in quote.lines] == [Unit.CREDITS]
    assert quote.source == "operator: scale"


def test_without_credits_the_price_list_is_asked(price):
    assert price("{match: {provider: acme}, credit_usd: 1}", {"characters": "5"}) is None
    both = (
        "{match: {provider: acme}, rates: {requests: {usd: 2}}}, "
        "{match: {provider: acme}, credit_usd: 1}"
    )
    assert price(both, {"requests": "3"}).amount_usd == 6


def test_credits_and_other_units_are_added(price):
    text = "{match: {provider: acme}, rates: {requests: {usd: 1}}, credit_usd: 0.5}"
    assert price(text, {"requests": "2", "credits": "4"}).amount_usd == Decimal("4.0")


@pytest.mark.parametrize(("plan", "amount"), [("scale", 1), ("other", 2), (None, 2)])
def test_a_rate_may_be_for_a_plan(price, plan, amount):
    text = (
        "{match: {provider: acme}, rates: {requests: {usd: 2}}}, "
        "{match: {provider: acme}, plan: scale, rates: {requests: {usd: 1}}}"
    )
    assert price(text, {"requests": "1"}, plan).amount_usd == amount


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{match: {provider: acme}}", "an override needs rates or credit_usd"),
        ("{match: {provider: acme}, rates: {}}", "an override needs rates or credit_usd"),
        ("{match: {provider: acme}, credit_usd: -1}", "overrides.0.credit_usd"),
        ("{match: {provider: acme}, credit_usd: true}", "not a yes or no"),
        (
            "{match: {provider: acme}, credit_usd: 1, rates: {credits: {usd: 1}}}",
            "both price a credit",
        ),
        ("{match: {provider: acme, plan: x}, credit_usd: 1}", "match.plan is no known key"),
    ],
)
def test_what_prices_nothing_or_twice_is_refused(price, text, expected):
    with pytest.raises(ConfigError, match=expected):
        price(text, {"credits": "1"})
