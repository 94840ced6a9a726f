"""Rates and the rules they are applied by: exact amounts."""

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import voicegw_anthropic
from voicegateway.pricing.catalog import packaged_catalog
from voicegateway.types import Modality, PriceTerms, Unit, Usage

KINDS = {
    "in": Unit.INPUT_TOKENS,
    "5m": Unit.CACHE_WRITE_TOKENS,
    "1h": Unit.CACHE_WRITE_1H_TOKENS,
    "read": Unit.CACHED_INPUT_TOKENS,
    "out": Unit.OUTPUT_TOKENS,
}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def quote(model, units, at=NOW, tier=None, basis="reported"):
    usage = Usage({unit: Decimal(count) for unit, count in units.items()}, basis)
    terms = PriceTerms(at=at, service_tier=tier)
    return voicegw_anthropic.price_usage(model, Modality.LLM, usage, terms)


def rate(model, kind, **more):
    """US dollars for a million tokens, asked for with a thousand of them."""
    quoted = quote(model, {KINDS[kind]: 1000}, **more)
    return quoted.amount_usd * 1000


@pytest.mark.parametrize(
    ("model", "rates"),
    [
        ("claude-haiku-4-5", ("1", "1.25", "2", "0.1", "5")),
        ("claude-haiku-5-5", ("0.1", "0.125", "0.2", "0.01", "0.5")),
        ("claude-sonnet-5-5", ("2", "2.5", "4", "0.1", "10")),
        ("claude-sonnet-5", ("2", "2.5", "4", "0.2", "10")),
        ("claude-sonnet-4-5", ("3", "3.75", "6", "0.3", "15")),
        ("claude-opus-5-5", ("4", "5", "8", "0.2", "20")),
        ("claude-fable-5-1", ("10", "12.5", "20", "0.25", "50")),
        ("claude-fable-5-2", ("8", "10", "16", "0.2", "40")),
    ],
)
def test_the_rates_of_november_2026(model, rates):
    assert tuple(rate(model, kind) for kind in KINDS) == tuple(map(Decimal, rates))
    assert quote(model, {Unit.INPUT_TOKENS: 1}).confidence == "exact"


@pytest.mark.parametrize(
    ("model", "rates"),
    [
        ("claude-opus-5-5", ("8", "10", "16", "0.4", "40")),
        ("claude-opus-5", ("10", "12.5", "20", "1", "50")),
        ("claude-opus-4-8", ("10", "12.5", "20", "1", "50")),
        ("claude-fable-5-2", ("16", "20", "32", "0.4", "80")),
        ("claude-mythos-5-2", ("16", "20", "32", "0.4", "80")),
    ],
)
def test_the_rates_of_fast_mode(model, rates):
    assert tuple(rate(model, kind, tier="fast") for kind in KINDS) == tuple(map(Decimal, rates))


@pytest.mark.parametrize(
    ("moment", "amount"),
    [
        (datetime(2026, 10, 6, 23, 59, 59, tzinfo=UTC), "0.20"),
        (datetime(2026, 10, 7, tzinfo=UTC), "0.10"),
    ],
)
@pytest.mark.parametrize("model", ["claude-sonnet-5-5", "claude-sonnet-5-5-20260928"])
def test_sonnets_cache_reads_were_dearer_before_the_seventh_of_october(model, moment, amount):
    assert rate(model, "read", at=moment) == Decimal(amount)
    others = [rate(model, kind, at=moment) for kind in ("in", "5m", "1h", "out")]
    assert others == [Decimal(2), Decimal("2.5"), Decimal(4), Decimal(10)]


def test_haiku_costs_five_times_as_much_above_100k():
    """The whole request, its cached tokens counted in."""
    units = {KINDS["read"]: 90_000, KINDS["5m"]: 9_000, KINDS["in"]: 1_000, KINDS["out"]: 1_000}
    below = quote("claude-haiku-5-5", units)
    above = quote("claude-haiku-5-5", {**units, KINDS["in"]: 1_001})
    assert below.amount_usd == Decimal("0.002625")
    assert above.amount_usd == Decimal("0.0131255")
    assert all("more than 100000" in line.rule for line in above.lines)


def test_sonnet_4_5_above_200k_is_disputed():
    units = {KINDS["in"]: 200_000, KINDS["out"]: 1_000}
    below = quote("claude-sonnet-4-5", units)
    assert (below.amount_usd, below.confidence) == (Decimal("0.615"), "exact")
    above = quote("claude-sonnet-4-5-20250929", {**units, KINDS["in"]: 200_001})
    assert (above.amount_usd, above.confidence) == (Decimal("1.222506"), "estimated")
    assert "disputed" in above.source


def test_inference_in_the_us_costs_a_tenth_more_and_searches_do_not():
    units = {**dict.fromkeys(KINDS.values(), 1000), Unit.REQUESTS: 2}
    plain, kept = quote("claude-sonnet-5-5", units), quote("claude-sonnet-5-5", units, tier="us")
    assert plain.amount_usd == Decimal("0.0386")
    assert kept.amount_usd == Decimal("0.04046")
    ruled = {line.unit for line in kept.lines if "US only" in line.rule}
    assert ruled == set(KINDS.values())


def test_the_dearer_sonnet_in_the_us():
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    assert rate("claude-sonnet-5-5", "read", at=moment, tier="us") == Decimal("0.22")


@pytest.mark.parametrize("tier", ["priority", "batch", "eu", "fast+eu"])
def test_a_class_of_service_without_a_public_rate_has_no_price(tier):
    quoted = quote("claude-opus-5-5", {KINDS["in"]: 1000, KINDS["read"]: 0}, tier=tier)
    assert (quoted.amount_usd, quoted.confidence) == (None, "unknown")
    assert quoted.unpriced == (Unit.INPUT_TOKENS,)


def test_fast_mode_of_a_model_that_has_none_has_no_price():
    assert quote("claude-haiku-4-5", {KINDS["in"]: 1000}, tier="fast").amount_usd is None


@pytest.mark.parametrize("tier", [None, "standard", "auto", "standard_only"])
def test_the_standard_tier_is_the_one_without_a_name(tier):
    assert rate("claude-haiku-4-5", "in", tier=tier) == 1


def test_an_estimate_is_never_exact():
    assert quote("claude-haiku-4-5", {KINDS["in"]: 9}, basis="estimated").confidence == "estimated"


def test_a_model_that_nobody_lists_has_no_price():
    assert quote("claude-nonesuch-9", {KINDS["in"]: 1000}) is None


def test_only_language_models_are_priced():
    usage, terms = Usage({Unit.CHARACTERS: Decimal(9)}), PriceTerms(at=NOW)
    assert voicegw_anthropic.price_usage("claude-haiku-4-5", Modality.TTS, usage, terms) is None


def test_the_rates_are_listed_with_their_sources():
    listed = list(voicegw_anthropic.list_rates())
    assert {"claude-haiku-5-5", "any"} <= {one.model for one in listed}
    named = {name for one in listed for name in one.model.split(", ")}
    assert set(voicegw_anthropic.provider_info().models) <= named
    for one in listed:
        assert one.source
        assert one.source_url.startswith("https://")
        assert one.checked_on is not None


def test_every_entry_was_checked_and_has_all_five_kinds_of_token():
    """A kind that an entry leaves out would be billed at nothing."""
    entries = packaged_catalog("voicegw_anthropic").entries
    for entry in entries:
        assert entry.checked_on == date(2026, 11, 22)
        assert {one.unit for one in entry.rates} == set(KINDS.values())
    tiers = {
        (model, entry.service_tier, entry.valid_to) for entry in entries for model in entry.models
    }
    assert len(tiers) == len(list(itertools.chain(*(entry.models for entry in entries))))
