"""Rates of language models from genai-prices, an extra (`voicegw[llm-prices]`), and the quotes made
from them. It is imported on first use: that takes most of a second, so a plugin's
`preload_provider` and `create_llm` call `prepare()`, off the path of the first answer.

Unlike the library's own `calc_price`, which answers 0.00 for a unit that a model has no rate for,
a quote from here says which units it could not price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from voicegateway.pricing.amounts import price_of, sum_of
from voicegateway.pricing.entries import STANDARD_TIERS
from voicegateway.types import (
    Confidence,
    ListedRate,
    Modality,
    PriceLine,
    PriceQuote,
    PriceTerms,
    Unit,
    Usage,
)

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

__all__ = ["listed_rates", "prepare", "quote_tokens"]

_PRICE_KEYS: Final[Mapping[Unit, tuple[str, ...]]] = {
    Unit.INPUT_TOKENS: ("input_text_mtok", "input_mtok"),
    Unit.CACHED_INPUT_TOKENS: ("cache_text_read_mtok", "cache_read_mtok"),
    Unit.CACHE_WRITE_TOKENS: ("cache_write_5m_mtok", "cache_write_mtok"),
    Unit.CACHE_WRITE_1H_TOKENS: ("cache_write_1h_mtok",),
    Unit.OUTPUT_TOKENS: ("output_text_mtok", "output_mtok"),
    Unit.INPUT_AUDIO_TOKENS: ("input_audio_mtok",),
    Unit.CACHED_INPUT_AUDIO_TOKENS: ("cache_audio_read_mtok",),
    Unit.OUTPUT_AUDIO_TOKENS: ("output_audio_mtok",),
}
"""The library's names of a rate, the more specific one first."""
_INPUT_UNITS: Final = tuple(unit for unit in _PRICE_KEYS if "output" not in unit)
_PER: Final = Decimal(1_000_000)
_RELEASED: Final = {"0.2.3": date(2026, 11, 15)}
"""When the versions that were tested here came out. The library dates its data in no other way."""
_URL: Final = "https://github.com/pydantic/genai-prices"


def prepare() -> None:
    """Import the library and its data. Raises `ImportError` that says what to install."""
    _snapshot()


def quote_tokens(
    library_provider: str, model: str, usage: Usage, terms: PriceTerms
) -> PriceQuote | None:
    """What the tokens of one request cost; None for a model the library does not know.

    `library_provider` is the provider's id in genai-prices. The tier is chosen by the request's
    own input, cached tokens included. Raises `ImportError` without the extra."""
    info = _model(library_provider, model)
    if info is None:
        return None
    price = _prices(info, terms)
    if price is None:
        return _no_tier(info, usage, terms)
    size = sum((usage.units.get(unit, Decimal(0)) for unit in _INPUT_UNITS), Decimal(0))
    lines: list[PriceLine] = []
    unpriced: list[Unit] = []
    for unit, quantity in usage.units.items():
        rate = _rate(price, unit, size)
        if rate is not None:
            lines.append(_line(unit, quantity, *rate))
        elif quantity and unit is not Unit.REQUESTS:
            unpriced.append(unit)
    return PriceQuote(
        amount_usd=None if unpriced else sum_of(line.amount_usd for line in lines),
        lines=tuple(lines),
        unpriced=tuple(unpriced),
        confidence=_confidence(bool(unpriced), usage),
        source=f"genai-prices {_version()}, {info.id}",
        source_url=_URL,
        as_of=_RELEASED.get(_version()),
    )


def listed_rates(library_provider: str, models: tuple[str, ...], at: Any) -> Iterator[ListedRate]:
    """The rates in force at `at`, a datetime, of those models that the library knows."""
    for name in models:
        info = _model(library_provider, name)
        if info is None:
            continue
        price = info.get_prices(at)
        for unit in _PRICE_KEYS:
            rate = _rate(price, unit, Decimal(0))
            if rate is not None:
                yield ListedRate(
                    model=name,
                    modality=Modality.LLM,
                    unit=unit,
                    rate_usd=rate[0],
                    per=_PER,
                    source=f"genai-prices {_version()}",
                    source_url=_URL,
                    checked_on=_RELEASED.get(_version()),
                )


def _prices(info: ModelInfo, terms: PriceTerms) -> ModelPrice | None:
    """Those of the request's service tier; None if the library has none for it. It would itself
    take the standard ones then, and not say so."""
    if terms.service_tier in STANDARD_TIERS:
        return info.get_prices(terms.at)
    wanted = {"service_tier": terms.service_tier or ""}
    for variant in info.price_variants or ():
        in_force = variant.constraint is None or variant.constraint.active(terms.at)
        if in_force and variant.when == wanted:
            return info.get_prices(terms.at, wanted)
    return None


def _no_tier(info: ModelInfo, usage: Usage, terms: PriceTerms) -> PriceQuote:
    return PriceQuote(
        None,
        unpriced=tuple(unit for unit, quantity in usage.units.items() if quantity),
        confidence="unknown",
        source=f"genai-prices {_version()}, {info.id}: no rate for tier {terms.service_tier}",
        source_url=_URL,
        as_of=_RELEASED.get(_version()),
    )


def _rate(price: ModelPrice, unit: Unit, size: Decimal) -> tuple[Decimal, str] | None:
    """The rate a million tokens and the rule that chose it."""
    for key in _PRICE_KEYS.get(unit, ()):
        value = getattr(price, key)
        if value is None:
            continue
        if isinstance(value, Decimal):
            return value, ""
        chosen = value.base, ""
        for tier in value.tiers:  # ascending
            if size > tier.start:
                chosen = tier.price, f"the request has more than {tier.start} input tokens"
        return chosen
    return None


def _line(unit: Unit, quantity: Decimal, rate: Decimal, rule: str) -> PriceLine:
    amount = price_of(quantity, rate, _PER)
    return PriceLine(unit, quantity, quantity, rate, _PER, amount, rule)


def _confidence(incomplete: bool, usage: Usage) -> Confidence:  # noqa: FBT001 - one of two words
    if incomplete:
        return "unknown"
    return "estimated" if usage.basis == "estimated" else "exact"


def _model(library_provider: str, model: str) -> ModelInfo | None:
    try:
        _, info = _snapshot().find_provider_model(model, None, library_provider, None)
    except LookupError:
        return None
    found: ModelInfo = info
    return found


def _snapshot() -> Any:
    try:
        from genai_prices.data_snapshot import get_snapshot  # 0.8 s with its data
    except ImportError as error:
        raise ImportError(
            "prices of language models need genai-prices: pip install 'voicegw[llm-prices]'"
        ) from error
    return get_snapshot()


def _version() -> str:
    from genai_prices import __version__  # as above; already imported

    return __version__
