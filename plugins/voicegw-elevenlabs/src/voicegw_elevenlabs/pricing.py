"""What ElevenLabs bills, from the dated catalog beside this module, and the two rules of it that a
rate cannot say: a voice that costs a multiple, and the minimum of a long list of key terms."""

from __future__ import annotations

import dataclasses
from decimal import ROUND_CEILING, Decimal
from functools import cache
from typing import TYPE_CHECKING, Final

from voicegateway.types import Modality, PriceLine, PriceQuote, PriceTerms, Unit, Usage
from voicegw_elevenlabs.terms import MANY_KEYTERMS

if TYPE_CHECKING:
    from voicegateway.pricing.catalog import Catalog

__all__ = ["catalog", "credits_for", "quote"]

_LEAST_SECONDS: Final = Decimal(20)
"""Of a request with over 100 key terms: the documents of `POST /v1/speech-to-text`."""


@cache
def catalog() -> Catalog:
    from voicegateway.pricing.catalog import packaged_catalog

    return packaged_catalog(__package__)


def quote(model: str, modality: Modality, usage: Usage, terms: PriceTerms) -> PriceQuote | None:
    """None for a model that the catalog does not know."""
    if modality is Modality.STT and MANY_KEYTERMS in terms.addons:
        terms = dataclasses.replace(terms, addons=terms.addons - {MANY_KEYTERMS})
        return _with_minimum().quote(model, modality, usage, terms)
    multiple = _voice_multiple(model, usage)
    if multiple is not None and terms.plan is None:
        return _multiplied(model, usage, terms, multiple)
    return catalog().quote(model, modality, usage, terms)


def credits_for(model: str, characters: Decimal) -> Decimal | None:
    """The credits that so many characters cost at most with an ordinary voice, a whole number; None
    for a model of which that is not known."""
    each = next(
        (
            rate.credits
            for entry in catalog().entries
            if entry.fits_model(model, Modality.TTS)
            for rate in entry.rates
            if rate.credits is not None
        ),
        None,
    )
    if each is None:
        return None
    return (characters * each).to_integral_value(rounding=ROUND_CEILING)


def _voice_multiple(model: str, usage: Usage) -> tuple[Decimal, Decimal] | None:
    """Credits said and credits expected, where the vendor took more than rounding explains: some
    voices of its library cost a multiple."""
    said = usage.units.get(Unit.CREDITS)
    expected = credits_for(model, usage.units.get(Unit.CHARACTERS, Decimal(0)))
    if said is None or not expected or said <= expected + 1:
        return None
    return said, expected


def _multiplied(
    model: str, usage: Usage, terms: PriceTerms, multiple: tuple[Decimal, Decimal]
) -> PriceQuote | None:
    """Pay as you go is printed by the character of an ordinary voice: the price goes up as the
    credits do. No price page says so for dollars, hence an estimate."""
    said, expected = multiple
    made = catalog().quote(model, Modality.TTS, usage, terms)
    if made is None or made.amount_usd is None:
        return made
    lines = tuple(_scaled(line, said, expected) for line in made.lines)
    total = sum((line.amount_usd for line in lines), Decimal(0))
    return dataclasses.replace(made, amount_usd=total, lines=lines, confidence="estimated")


def _scaled(line: PriceLine, said: Decimal, expected: Decimal) -> PriceLine:
    billed = line.billed * said / expected
    return dataclasses.replace(
        line,
        billed=billed,
        amount_usd=billed * line.rate_usd / line.per,
        rule=f"{said} credits where an ordinary voice costs {expected}",
    )


@cache
def _with_minimum() -> Catalog:
    from voicegateway.pricing.catalog import Catalog

    return Catalog(
        tuple(
            dataclasses.replace(
                entry,
                rates=tuple(
                    dataclasses.replace(rate, minimum=_LEAST_SECONDS) for rate in entry.rates
                ),
            )
            for entry in catalog().entries
        )
    )
