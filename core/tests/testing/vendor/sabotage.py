"""Acme, broken in one way at a time, and the check that must notice."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from voicegw_brook import Acme
from voicegw_brook.cloud import AcmeCloud

from voicegateway import hookimpl
from voicegateway.testing import (
    LLMConformance,
    PricingConformance,
    STTConformance,
    TTSConformance,
)
from voicegateway.types import (
    Modality,
    PriceLine,
    PriceQuote,
    ProviderInfo,
    StreamVerdict,
    Unit,
    Usage,
)

log = logging.getLogger("voicegw_brook")


class OnAcme:
    provider = "acme"
    patience = 2.0

    @pytest.fixture
    async def cloud(self):
        async with AcmeCloud() as cloud:
            yield cloud


class STT(OnAcme, STTConformance):
    model, wrong_option, nearest_option = "swift-1", "punctuation", "punctuate"
    vendor_facts = ("seconds", "times_sent")


class LLM(OnAcme, LLMConformance):
    model = "parrot-2"


class TTS(OnAcme, TTSConformance):
    model = "tone-1"


class Prices(PricingConformance):
    provider = "acme"
    known = (
        ("swift-1", Modality.STT, {Unit.AUDIO_SECONDS: Decimal(60)}, {}, Decimal("0.0048")),
        (
            "parrot-2",
            Modality.LLM,
            {Unit.INPUT_TOKENS: Decimal(42), Unit.OUTPUT_TOKENS: Decimal(4)},
            {},
            Decimal("0.0058"),
        ),
    )
    free_units = (("swift-1", Modality.STT, Unit.SESSION_SECONDS),)


@dataclass(frozen=True)
class Case:
    """A broken plugin; `check` of `suite` fails on it and says `says`."""

    suite: type
    check: str
    says: str
    plugin: object = field(default_factory=Acme)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def test(self) -> type:
        return type("TestBroken", (self.suite,), {"plugin": self.plugin, **self.more})


def hooks(**overridden: Any) -> Acme:
    """Acme with other hooks."""
    return type("Broken", (Acme,), {n: hookimpl(f) for n, f in overridden.items()})()


def parts(**overridden: Any) -> Acme:
    """Acme with another way to do one of the things that are no hooks."""
    return type("Broken", (Acme,), overridden)()


def client(**overridden: Any) -> Acme:
    """Acme whose objects have other methods."""

    def construct(self, kind, settings, options, arguments):
        return Acme.construct(
            self, type(kind.__name__, (kind,), overridden), settings, options, arguments
        )

    return parts(construct=construct)


def info(**changes: Any) -> Acme:
    given = {
        "title": "Acme",
        "modalities": frozenset(Modality),
        "key_variable": "ACME_API_KEY",
        "docs_url": "https://example.com",
        **changes,
    }
    return hooks(provider_info=lambda self: ProviderInfo(**given))


def verdict(units: Any, status: Any = "confirmed", basis: Any = "reported", on: Any = None) -> Acme:
    """Acme whose verdict on reports of one outcome (all: None) is always this."""

    def validate_stream(self, report):
        if on not in (None, report.outcome):
            return Acme.validate_stream(self, report)
        known = report.measured.units if units is None else units
        return StreamVerdict(Usage(known, basis), status)

    return hooks(validate_stream=validate_stream)


def priced(change: Any) -> Acme:
    """Acme whose quotes are changed: `change(quote, model, usage, terms)`."""

    def price_usage(self, model, modality, usage, terms):
        quote = Acme.price_usage(self, model, modality, usage, terms)
        return change(quote, model, usage, terms)

    return hooks(price_usage=price_usage)


def amount(quote: PriceQuote | None, usd: Any, **changes: Any) -> PriceQuote | None:
    """The quote with another amount, and one line that adds up to it."""
    if quote is None or not quote.lines:
        return quote
    value = Decimal(usd)
    one = quote.lines[0]
    line = PriceLine(one.unit, one.quantity, one.quantity, value, one.quantity or 1, value)
    return PriceQuote(value, (line,), source="list", as_of=quote.as_of, **changes)
