"""Prices: exact where they are known, and honest where they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegateway.core.provider import Provider
from voicegateway.testing.bench import PluginBench
from voicegateway.testing.providers.judging import EXAMPLES, terms, usages
from voicegateway.testing.providers.quotes import check_quote
from voicegateway.types import Basis, Modality, PriceQuote, PriceTerms, Unit, Usage

__all__ = ["PricingConformance"]

_NO_SUCH_MODEL = "no-such-model-zq"
Known = tuple[str, Modality, Mapping[Unit, Decimal], Mapping[str, Any], Decimal]


class PricingConformance:
    """Subclass it, name some prices, and let pytest collect it."""

    provider: ClassVar[str]
    plugin: ClassVar[object]
    known: ClassVar[Sequence[Known]]
    """Model, modality, units, fields of `PriceTerms`, and the price in dollars, to the last
    digit."""
    free_units: ClassVar[Sequence[tuple[str, Modality, Unit]]] = ()
    """Units that the vendor does not bill."""
    free: ClassVar[bool] = False
    """Whether the provider takes no money at all, as one on the user's own machine."""
    at: ClassVar[datetime | None] = None
    """When the calls were made, unless a known price says; None: the day the plugin's price list
    was last checked."""

    @pytest.fixture
    def priced(self, plugins: PluginBench) -> Provider:
        plugins.install(self.provider, self.plugin)
        return plugins.provider(self.provider)

    def test_the_known_prices_are_these(self, priced: Provider) -> None:
        assert self.known, "name some prices in `known`"
        for model, modality, units, given_terms, expected in self.known:
            quote = self.quote(priced, model, modality, units, given_terms)
            assert quote is not None, f"{model} has no price"
            assert quote.amount_usd == expected, (
                f"{model}, {_shown(units)}, {dict(given_terms)}: the price is {quote.amount_usd} "
                f"and should be {expected} ({quote.source})"
            )

    def test_a_known_price_can_be_explained(self, priced: Provider) -> None:
        for model, modality, units, given_terms, _ in self.known:
            quote = self.quote(priced, model, modality, units, given_terms)
            assert quote is not None, f"{model} has no price"
            check_quote(quote, units, free=self.free)

    def test_a_known_price_names_its_source(self, priced: Provider) -> None:
        for model, modality, units, given_terms, _ in self.known:
            quote = self.quote(priced, model, modality, units, given_terms)
            assert quote is not None, f"{model} has no price"
            assert quote.source, f"the price of {model} names no source"
            assert self.free or quote.as_of is not None, f"the price of {model} has no date (as_of)"

    def test_the_same_question_has_the_same_answer(self, priced: Provider) -> None:
        for model, modality, units, given_terms, _ in self.known:
            first, second = (
                self.quote(priced, model, modality, units, given_terms) for _ in range(2)
            )
            assert first == second, f"{model}: the same question has two answers"

    def test_the_order_of_units_does_not_matter(self, priced: Provider) -> None:
        for model, modality, units, given_terms, expected in self.known:
            backwards = dict(reversed(list(units.items())))
            quote = self.quote(priced, model, modality, backwards, given_terms)
            assert quote is not None, f"{model} has no price"
            assert quote.amount_usd == expected, (
                f"{model}: the order of its units changes the price"
            )

    def test_an_unknown_model_has_no_price(self, priced: Provider) -> None:
        """A guess would be worse: unknown is None, never 0."""
        for _, modality, units, given_terms, _ in self.known:
            quote = self.quote(priced, _NO_SUCH_MODEL, modality, units, given_terms)
            if quote is not None and not self.free:
                assert quote.amount_usd is None, (
                    f"the unknown model {_NO_SUCH_MODEL!r} is priced at {quote.amount_usd}"
                )

    def test_the_past_is_not_priced_at_0(self, priced: Provider) -> None:
        long_ago = datetime(2001, 1, 1, tzinfo=UTC)
        for model, modality, units, given_terms, _ in self.known:
            quote = self.quote(priced, model, modality, units, {**given_terms, "at": long_ago})
            if quote is not None:
                check_quote(quote, units, free=self.free)

    def test_nothing_used_costs_nothing(self, priced: Provider) -> None:
        for model, modality, units, given_terms, _ in self.known:
            for nothing in ({}, dict.fromkeys(units, Decimal(0))):
                quote = self.quote(priced, model, modality, nothing, given_terms)
                cost = None if quote is None else quote.amount_usd
                assert not cost, f"{model}: {_shown(nothing)} costs {cost}"

    def test_twice_as_much_is_not_cheaper(self, priced: Provider) -> None:
        for model, modality, units, given_terms, expected in self.known:
            double = {unit: amount * 2 for unit, amount in units.items()}
            quote = self.quote(priced, model, modality, double, given_terms)
            assert quote is not None
            assert quote.amount_usd is not None
            assert quote.amount_usd >= expected, f"{model}: twice as much is cheaper"

    def test_an_estimate_is_not_called_exact(self, priced: Provider) -> None:
        for model, modality, units, given_terms, _ in self.known:
            quote = self.quote(priced, model, modality, units, given_terms, "estimated")
            assert quote is None or quote.confidence != "exact" or not quote.amount_usd, (
                f"{model}: units were estimated, and the price is called exact"
            )

    def test_units_that_are_not_billed_change_no_price(self, priced: Provider) -> None:
        if not self.free_units:
            pytest.skip("the suite names no `free_units`")
        for model, modality, unit in self.free_units:
            case = next((k for k in self.known if k[0] == model and k[1] is modality), None)
            assert case is not None, f"`free_units` names {model}, and `known` has no price of it"
            units = {**case[2], unit: Decimal(7)}
            quote = self.quote(priced, model, modality, units, case[3])
            assert quote is not None
            assert quote.amount_usd == case[4], f"{model}: {unit} is free and changes the price"
            named = {line.unit for line in quote.lines} | set(quote.unpriced)
            assert unit not in named, f"{model}: {unit} is not billed, so a quote does not name it"

    def test_any_usage_has_an_honest_quote(self, priced: Provider) -> None:
        """It never raises, whatever a plugin's own verdicts or a user's terms bring."""
        models = sorted({(case[0], case[1]) for case in self.known})
        asked = st.sampled_from([*models, *((_NO_SUCH_MODEL, m) for m in Modality)])

        @EXAMPLES
        @given(asked=asked, usage=usages(), on=terms())
        def quoted(asked: tuple[str, Modality], usage: Usage, on: PriceTerms) -> None:
            quote = priced.price_usage(asked[0], asked[1], usage, on)
            if quote is not None:
                check_quote(quote, usage.units, free=True)
                assert self.free or quote.amount_usd != 0 or not _billed(quote), (
                    f"{_shown(usage.units)} cost 0"
                )

        quoted()

    def test_the_rates_that_are_listed_are_well_formed(self, priced: Provider) -> None:
        rates = priced.list_rates()
        if rates is None:
            pytest.skip(f"{self.provider} has no list_rates")
        for rate in rates:
            where = f"list_rates, {rate.model} {rate.unit}"
            assert rate.model, f"{where}: names no model"
            assert rate.source, f"{where}: names no source"
            for amount in (rate.rate_usd, rate.per):
                assert isinstance(amount, Decimal), f"{where}: money is Decimal"
            assert rate.rate_usd >= 0, f"{where}: a rate below 0"
            assert rate.per > 0, f"{where}: a rate for {rate.per} units"

    def quote(
        self,
        provider: Provider,
        model: str,
        modality: Modality,
        units: Mapping[Unit, Decimal],
        given_terms: Mapping[str, Any],
        basis: Basis = "reported",
    ) -> PriceQuote | None:
        on = PriceTerms(**{"at": self.moment(provider), **given_terms})
        return provider.price_usage(model, modality, Usage(units, basis), on)

    def moment(self, provider: Provider) -> datetime:
        if self.at is not None:
            return self.at
        checked = [rate.checked_on for rate in provider.list_rates() or () if rate.checked_on]
        if not checked:
            return datetime.now(UTC)
        return datetime.combine(max(checked), time(12), UTC)


def _billed(quote: PriceQuote) -> bool:
    """Whether any line has a rate above 0 for something that was used."""
    return any(line.quantity and line.rate_usd for line in quote.lines)


def _shown(units: Mapping[Unit, Decimal]) -> str:
    return ", ".join(f"{amount} {unit}" for unit, amount in units.items()) or "nothing"
