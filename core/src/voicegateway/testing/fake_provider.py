"""A provider that costs nothing, does as it is told, and remembers what it was asked.

    fake = FakeProvider(llm={"words": ("Hello", "."), "fails": 1})
    plugins.install("acme", fake)
    inference.LLM("acme/parrot-1")
    assert fake.asked_of("create_llm")[0]["model"] == "parrot-1"

Needs LiveKit, and neither pytest nor a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from voicegateway import hookimpl
from voicegateway.authoring import constructor_options
from voicegateway.pricing.amounts import price_of, sum_of
from voicegateway.pricing.overrides import Rate
from voicegateway.testing.fakes import FakeLLM, FakeSTT, FakeTTS
from voicegateway.types import (
    ListedRate,
    Modality,
    PriceLine,
    PriceQuote,
    PriceTerms,
    ProviderCheck,
    ProviderInfo,
    ProviderSettings,
    StreamReport,
    StreamVerdict,
    Unit,
    Usage,
)

__all__ = ["FAKE_RATES", "Asked", "FakeProvider"]

FAKE_RATES: Final[Mapping[Unit, Rate]] = {
    Unit.INPUT_TOKENS: Rate(Decimal("0.10"), Decimal(1000)),
    Unit.CACHED_INPUT_TOKENS: Rate(Decimal("0.01"), Decimal(1000)),
    Unit.OUTPUT_TOKENS: Rate(Decimal("0.40"), Decimal(1000)),
    Unit.CHARACTERS: Rate(Decimal("0.03"), Decimal(1000)),
    Unit.AUDIO_SECONDS: Rate(Decimal("0.0048"), Decimal(60)),
}
"""What a `FakeProvider` asks for unless it is given other rates: dollars for so many units."""

_SOURCE: Final = "the fake provider's list"
_DAY: Final = date(2026, 1, 1)
_BILLED: Final = {
    Modality.STT: {Unit.AUDIO_SECONDS},
    Modality.TTS: {Unit.CHARACTERS},
    Modality.LLM: {unit for unit in Unit if "tokens" in unit},
}
_KINDS: Final = {Modality.STT: FakeSTT, Modality.LLM: FakeLLM, Modality.TTS: FakeTTS}


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of a hook."""

    hook: str
    arguments: Mapping[str, Any] = field(repr=False)
    """Not in the `repr`: the settings may hold a key."""


class FakeProvider:
    """Makes `FakeSTT`, `FakeLLM` and `FakeTTS`. `stt`, `llm` and `tts` are scripts: arguments of
    those classes, which the options of a factory override.

    `rates` price the units that each modality is billed by, for the models in `models`; a model
    that is not among them has no price, a unit without a rate is named as unpriced. With
    `key_variable` the provider is one that needs a key."""

    def __init__(
        self,
        *,
        stt: Mapping[str, Any] | None = None,
        llm: Mapping[str, Any] | None = None,
        tts: Mapping[str, Any] | None = None,
        rates: Mapping[Unit, Rate] = FAKE_RATES,
        models: tuple[str, ...] = ("ear-1", "parrot-1", "tone-1"),
        title: str = "Fake",
        key_variable: str | None = None,
    ) -> None:
        self.scripts = {Modality.STT: stt or {}, Modality.LLM: llm or {}, Modality.TTS: tts or {}}
        self.rates, self.models = rates, models
        self.title, self.key_variable = title, key_variable
        self.asked: list[Asked] = []
        self.made: list[FakeSTT | FakeLLM | FakeTTS] = []
        """In the order they were asked for."""

    def asked_of(self, hook: str) -> list[Mapping[str, Any]]:
        """The arguments of every call of one hook."""
        return [asked.arguments for asked in self.asked if asked.hook == hook]

    @hookimpl
    def create_stt(
        self,
        model: str,
        language: str | None,
        settings: ProviderSettings,
        options: Mapping[str, Any],
    ) -> FakeSTT:
        self._note("create_stt", model=model, language=language, settings=settings, options=options)
        made: FakeSTT = self._make(Modality.STT, settings, options)
        return made

    @hookimpl
    def create_llm(
        self, model: str, settings: ProviderSettings, options: Mapping[str, Any]
    ) -> FakeLLM:
        self._note("create_llm", model=model, settings=settings, options=options)
        made: FakeLLM = self._make(Modality.LLM, settings, options)
        return made

    @hookimpl
    def create_tts(
        self, model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
    ) -> FakeTTS:
        self._note("create_tts", model=model, voice=voice, settings=settings, options=options)
        made: FakeTTS = self._make(Modality.TTS, settings, options)
        return made

    @hookimpl
    def price_usage(
        self, model: str, modality: Modality, usage: Usage, terms: PriceTerms
    ) -> PriceQuote | None:
        self._note("price_usage", model=model, modality=modality, usage=usage, terms=terms)
        if model not in self.models:
            return None
        billed = {u: q for u, q in usage.units.items() if u in _BILLED[modality]}
        lines = tuple(_line(u, q, self.rates[u]) for u, q in billed.items() if u in self.rates)
        unpriced = tuple(u for u, q in billed.items() if u not in self.rates and q)
        total = sum_of(line.amount_usd for line in lines)
        if unpriced or (not lines and any(usage.units.values())):
            return PriceQuote(None, lines, unpriced, "unknown", _SOURCE, as_of=_DAY)
        sure = usage.basis != "estimated"
        return PriceQuote(
            total, lines, (), "exact" if sure else "estimated", source=_SOURCE, as_of=_DAY
        )

    @hookimpl
    def validate_stream(self, report: StreamReport) -> StreamVerdict | None:
        """Has no opinion: the core's own verdict stands."""
        self._note("validate_stream", report=report)
        return None

    @hookimpl
    def provider_info(self) -> ProviderInfo:
        return ProviderInfo(
            title=self.title,
            modalities=frozenset(Modality),
            local=self.key_variable is None,
            key_variable=self.key_variable,
            docs_url="https://example.com/docs",
            models=self.models,
        )

    @hookimpl
    def check_provider(self, settings: ProviderSettings) -> ProviderCheck:
        self._note("check_provider", settings=settings)
        return ProviderCheck(ok=True, detail="nothing can go wrong")

    @hookimpl
    def list_rates(self) -> list[ListedRate]:
        return [
            ListedRate(
                model=", ".join(self.models),
                modality=modality,
                unit=unit,
                rate_usd=self.rates[unit].usd,
                per=self.rates[unit].per,
                source=_SOURCE,
                checked_on=_DAY,
            )
            for modality in Modality
            for unit in sorted(_BILLED[modality] & self.rates.keys())
        ]

    def _make(
        self, modality: Modality, settings: ProviderSettings, options: Mapping[str, Any]
    ) -> Any:
        kind = _KINDS[modality]
        given = constructor_options(kind, settings, options, ours={})
        made: Any = kind(**{**self.scripts[modality], **given})
        self.made.append(made)
        return made

    def _note(self, hook: str, **arguments: Any) -> None:
        self.asked.append(Asked(hook, arguments))


def _line(unit: Unit, quantity: Decimal, rate: Rate) -> PriceLine:
    amount = price_of(quantity, rate.usd, rate.per)
    return PriceLine(unit, quantity, quantity, rate.usd, rate.per, amount)
