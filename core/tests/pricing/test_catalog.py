"""What a dated catalog says a call cost, to the last digit, and what it refuses to say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegateway.pricing.catalog import Catalog, CatalogError, read_catalog
from voicegateway.types import Modality, PriceTerms, Unit, Usage

CATALOG = """
[[entry]]
models = ["ear-1", "ear-1-*"]
modality = "stt"
mode = "streaming"
rates = [{ unit = "audio_seconds", usd = 0.0048, per = 60, per_channel = true }]
addons = { names = { usd = "0.0020", per = 60 }, roles = { percent = 10 } }
source = "price page"
source_url = "https://example.com/pricing"
checked_on = 2026-11-22

[[entry]]
models = ["ear-1"]
modality = "stt"
mode = "batch"
rates = [{ unit = "audio_seconds", usd = "0.04", per = 3600, minimum = 10, increment = 1 }]
source = "price page"
source_url = "https://example.com/pricing"
checked_on = 2026-11-22
disputed = "two sources disagree"

[[entry]]
models = ["voice-1"]
modality = "tts"
plan = "pro"
rates = [{ unit = "characters", usd = "4.99", per = 100000, credits = "1.5" }]
source = "plans"
source_url = "https://example.com/plans"
checked_on = 2026-11-22

[[entry]]
models = ["mind-1"]
modality = "llm"
above_input_tokens = 100
rates = [{ unit = "input_tokens", usd = 2, per = 1000000 }]
source = "price page"
source_url = "https://example.com/pricing"
checked_on = 2026-11-22

[[entry]]
models = ["mind-1"]
modality = "llm"
rates = [
  { unit = "input_tokens", usd = 1, per = 1000000 },
  { unit = "output_tokens", usd = 4, per = 1000000 },
]
valid_to = 2026-12-01
source = "price page"
source_url = "https://example.com/pricing"
checked_on = 2026-11-22

[[entry]]
models = ["mind-1"]
modality = "llm"
service_tier = "priority"
rates = [{ unit = "input_tokens", usd = 9, per = 1000000 }]
source = "price page"
source_url = "https://example.com/pricing"
checked_on = 2026-11-22
"""
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def catalog() -> Catalog:
    return read_catalog(CATALOG, "prices.toml")


def ask(catalog, model, modality, units, *, at=AT, basis="reported", **terms):
    usage = Usage({unit: Decimal(str(value)) for unit, value in units.items()}, basis)
    return catalog.quote(model, Modality(modality), usage, PriceTerms(at=at, **terms))


def test_a_rate_is_used_as_it_was_printed(catalog):
    quote = ask(catalog, "ear-1", "stt", {Unit.AUDIO_SECONDS: "12.5"})
    assert quote.amount_usd == Decimal("0.001")
    assert (quote.lines[0].rate_usd, quote.lines[0].per) == (Decimal("0.0048"), Decimal(60))
    assert quote.confidence == "exact"
    assert quote.source_url == "https://example.com/pricing"
    assert quote.as_of == date(2026, 11, 22)


def test_each_channel_is_billed(catalog):
    quote = ask(catalog, "ear-1-phone", "stt", {Unit.AUDIO_SECONDS: 60}, channels=2)
    assert quote.amount_usd == Decimal("0.0096")
    assert (quote.lines[0].quantity, quote.lines[0].billed) == (60, 120)
    assert quote.lines[0].rule == "2 channels"


def test_add_ons_are_lines_of_their_own(catalog):
    addons = frozenset({"names", "roles"})
    quote = ask(catalog, "ear-1", "stt", {Unit.AUDIO_SECONDS: 60}, addons=addons)
    assert [line.amount_usd for line in quote.lines] == [
        Decimal("0.0048"),
        Decimal("0.0020"),
        Decimal("0.00048"),
    ]
    assert quote.amount_usd == Decimal("0.00728")


def test_a_percentage_is_on_every_rate():
    catalog = read_catalog(
        entry(
            rates='[{unit="audio_seconds",usd="1"},{unit="requests",usd="2"}]',
            addons="{eu = {percent = 10}}",
        ),
        "prices.toml",
    )
    units = {Unit.AUDIO_SECONDS: 1, Unit.REQUESTS: 1}
    assert ask(catalog, "m", "stt", units, addons=frozenset({"eu"})).amount_usd == Decimal("3.3")


def test_an_add_on_without_a_rate_makes_the_price_unknown(catalog):
    addons = frozenset({"names", "secrets"})
    quote = ask(catalog, "ear-1", "stt", {Unit.AUDIO_SECONDS: 60}, addons=addons)
    assert quote.amount_usd is None
    assert quote.unpriced == (Unit.AUDIO_SECONDS,)
    assert quote.confidence == "unknown"
    assert "secrets" in quote.source
    assert [line.amount_usd for line in quote.lines] == [Decimal("0.0048"), Decimal("0.0020")]


@pytest.mark.parametrize(
    ("seconds", "billed", "amount"),
    [("3.2", 10, "0.04"), ("10", 10, "0.04"), ("10.01", 11, "0.044"), ("36", 36, "0.144")],
)
def test_minimum_and_increment(catalog, seconds, billed, amount):
    quote = ask(catalog, "ear-1", "stt", {Unit.AUDIO_SECONDS: seconds}, mode="batch")
    assert quote.lines[0].billed == billed
    assert quote.amount_usd == quote.lines[0].amount_usd == Decimal(amount) / 360


def test_nothing_used_has_no_minimum(catalog):
    quote = ask(catalog, "ear-1", "stt", {Unit.AUDIO_SECONDS: 0}, mode="batch")
    assert quote.amount_usd == 0
    assert ask(catalog, "ear-1", "stt", {}).amount_usd == 0


def test_a_disputed_rate_is_never_exact(catalog):
    quote = ask(catalog, "ear-1", "stt", {Unit.AUDIO_SECONDS: 20}, mode="batch")
    assert quote.confidence == "estimated"
    assert "two sources disagree" in quote.source


def test_estimated_units_and_unchecked_rates_are_not_exact(catalog):
    units = {Unit.AUDIO_SECONDS: 20}
    assert ask(catalog, "ear-1", "stt", units, basis="estimated").confidence == "estimated"
    later = datetime(2027, 11, 23, tzinfo=UTC)
    assert ask(catalog, "ear-1", "stt", units, at=later).confidence == "estimated"


def test_credits_cost_what_the_plan_says(catalog):
    quote = ask(catalog, "voice-1", "tts", {Unit.CHARACTERS: 100}, plan="pro")
    assert quote.lines[0].billed == 150
    assert quote.amount_usd == Decimal("0.007485")


@pytest.mark.parametrize("plan", [None, "startup"])
def test_a_rate_without_its_plan_is_not_a_fact(catalog, plan):
    quote = ask(catalog, "voice-1", "tts", {Unit.CHARACTERS: 100}, plan=plan)
    assert quote.amount_usd is None
    assert quote.unpriced == (Unit.CHARACTERS,)
    assert (plan or "pay as you go") in quote.source
    assert catalog.plans() == ["pro"]


@pytest.mark.parametrize(("tokens", "amount"), [(100, "0.0001"), (101, "0.000202")])
def test_the_tier_is_chosen_by_the_request(catalog, tokens, amount):
    quote = ask(catalog, "mind-1", "llm", {Unit.INPUT_TOKENS: tokens})
    assert quote.amount_usd == Decimal(amount)


def test_cached_tokens_count_for_the_tier(catalog):
    quote = ask(catalog, "mind-1", "llm", {Unit.INPUT_TOKENS: 1, Unit.CACHED_INPUT_TOKENS: 100})
    assert quote.amount_usd == Decimal("0.000002")


def test_a_unit_that_is_not_billed_is_in_neither(catalog):
    quote = ask(catalog, "ear-1", "stt", {Unit.AUDIO_SECONDS: 60, Unit.SESSION_SECONDS: 99})
    assert [line.unit for line in quote.lines] == [Unit.AUDIO_SECONDS]
    assert quote.unpriced == ()


def test_units_that_were_not_counted_are_unknown(catalog):
    quote = ask(catalog, "ear-1", "stt", {Unit.CHARACTERS: 60})
    assert quote.amount_usd is None
    assert quote.unpriced == (Unit.AUDIO_SECONDS,)


@pytest.mark.parametrize(
    ("tier", "amount"), [("default", "0.00004"), (None, "0.00004"), ("priority", "0.00009")]
)
def test_service_tiers(catalog, tier, amount):
    units = {Unit.INPUT_TOKENS: 10 if tier == "priority" else 40}
    assert ask(catalog, "mind-1", "llm", units, service_tier=tier).amount_usd == Decimal(amount)


def test_an_unknown_service_tier_is_unknown(catalog):
    quote = ask(catalog, "mind-1", "llm", {Unit.INPUT_TOKENS: 10}, service_tier="flex")
    assert quote.amount_usd is None
    assert "flex" in quote.source


def test_a_rate_ends_on_its_day(catalog):
    units = {Unit.INPUT_TOKENS: 10}
    last = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    assert ask(catalog, "mind-1", "llm", units, at=last).amount_usd == Decimal("0.00001")
    quote = ask(catalog, "mind-1", "llm", units, at=datetime(2026, 12, 1, tzinfo=UTC))
    assert quote.amount_usd is None
    assert "2026-12-01" in quote.source


def test_a_model_that_is_not_listed_has_no_quote(catalog):
    assert ask(catalog, "ear-2", "stt", {Unit.AUDIO_SECONDS: 1}) is None
    assert ask(catalog, "ear-1", "tts", {Unit.CHARACTERS: 1}) is None


def test_every_rate_is_listed(catalog):
    listed = list(catalog.listed())
    assert len(listed) == 7
    assert listed[0].model == "ear-1, ear-1-*"
    assert listed[1].rule == "at least 10, in steps of 1"
    assert listed[2].plan == "pro"


@given(st.dictionaries(st.sampled_from(list(Unit)), st.decimals(0, 10**9, places=6), max_size=6))
def test_a_quote_is_the_sum_of_its_lines(units):
    catalog = read_catalog(CATALOG, "prices.toml")
    for model, modality in (("ear-1", "stt"), ("voice-1", "tts"), ("mind-1", "llm")):
        quote = catalog.quote(model, Modality(modality), Usage(units), PriceTerms(at=AT))
        assert quote is not None
        if quote.amount_usd is not None:
            assert quote.amount_usd == sum((line.amount_usd for line in quote.lines), Decimal(0))


def entry(**changes: str) -> str:
    lines = {
        "models": '["m"]',
        "modality": '"stt"',
        "rates": '[{ unit = "audio_seconds", usd = "1" }]',
        "source": '"s"',
        "source_url": '"u"',
        "checked_on": "2026-11-22",
        **changes,
    }
    return "[[entry]]\n" + "\n".join(f"{k} = {v}" for k, v in lines.items() if v)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("models =", "prices.toml is not TOML"),
        ("[[entries]]", "may hold [[entry]] tables and nothing else"),
        (entry(modality='"sst"'), "entry 1: modality is 'sst', and there are stt, llm, tts"),
        (entry(source=""), "entry 1 has no source"),
        (entry(checked_on='"today"'), "entry 1: checked_on is no day"),
        (entry(mdoe='"batch"'), "unknown key 'mdoe': did you mean 'mode'?"),
        (entry(mode='"live"'), "entry 1: mode is 'live'"),
        (entry(rates='[{ unit = "seconds", usd = "1" }]'), "unit is 'seconds'"),
        (entry(rates='[{ unit = "audio_seconds" }]'), "a rate has no usd"),
        (entry(rates='[{ unit = "audio_seconds", usd = "x" }]'), "usd is no amount: 'x'"),
        (entry(rates='[{ unit = "audio_seconds", usd = "-1" }]'), "usd is no amount"),
        (entry(rates='[{ unit = "audio_seconds", usd = nan }]'), "usd is no amount"),
        (entry(rates='[{ unit = "audio_seconds", usd = 1, per = 0 }]'), "per must not be 0"),
        (entry(rates='"free"'), "rates is no list of tables"),
        (entry(addons='{ a = { usd = "1", percent = 2 } }'), "add-on a needs usd or percent"),
        (
            entry(rates='[{unit="requests",usd="1"},{unit="requests",usd="2"}]'),
            "two rates for one unit",
        ),
    ],
)
def test_a_wrong_catalog_says_what_is_wrong_where(text, says):
    with pytest.raises(CatalogError) as error:
        read_catalog(text, "prices.toml")
    assert says in str(error.value)
    assert "prices.toml" in str(error.value)


_QUESTIONS = st.tuples(
    st.sampled_from(["ear-1", "ear-1-x", "voice-1", "mind-1", "nobody"]),
    st.sampled_from(Modality),
    st.dictionaries(st.sampled_from(Unit), st.decimals(0, 10**6, places=3), max_size=4),
    st.builds(
        PriceTerms,
        st.integers(-800, 800).map(lambda days: AT + timedelta(days=days)),
        st.sampled_from(["streaming", "batch"]),
        st.sampled_from([None, "pro", "team"]),
        st.integers(1, 2),
        st.frozensets(st.sampled_from(["names", "roles", "odd"])),
        st.sampled_from([None, "standard", "flex"]),
    ),
)


@given(questions=st.lists(_QUESTIONS, min_size=2, max_size=12))
def test_no_question_changes_the_answer_to_another(questions):
    asked = read_catalog(CATALOG, "prices.toml")
    for model, modality, units, terms in questions:
        alone = read_catalog(CATALOG, "prices.toml").quote(model, modality, Usage(units), terms)
        assert repr(asked.quote(model, modality, Usage(units), terms)) == repr(alone)
