"""Provider `anthropic`: Claude language models, through LiveKit's own plugin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from voicegateway import hookimpl
from voicegateway.types import (
    ListedRate,
    Modality,
    PriceQuote,
    PriceTerms,
    ProviderCheck,
    ProviderInfo,
    ProviderSettings,
    StreamReport,
    StreamVerdict,
    Usage,
    UsageLine,
)

if TYPE_CHECKING:
    from livekit.plugins import anthropic

__all__ = [
    "check_provider",
    "create_llm",
    "list_rates",
    "preload_provider",
    "price_usage",
    "provider_info",
    "pull_usage_export",
    "read_usage_export",
    "validate_stream",
]


@hookimpl
def create_llm(model: str, settings: ProviderSettings, options: Mapping[str, Any]) -> anthropic.LLM:
    from voicegw_anthropic.llm import make_llm

    return make_llm(model, settings, options)


@hookimpl
def price_usage(
    model: str, modality: Modality, usage: Usage, terms: PriceTerms
) -> PriceQuote | None:
    from voicegw_anthropic.pricing import price

    return price(model, usage, terms) if modality is Modality.LLM else None


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_anthropic.verdict import verdict

    return verdict(report)


@hookimpl
def provider_info() -> ProviderInfo:
    from voicegw_anthropic.models import MODELS

    return ProviderInfo(
        title="Anthropic",
        modalities=frozenset({Modality.LLM}),
        key_variable="ANTHROPIC_API_KEY",
        # The second is how the vendor's reference calls it.
        usage_key_variables=("ANTHROPIC_ADMIN_KEY", "ANTHROPIC_ADMIN_API_KEY"),
        docs_url="https://platform.claude.com/docs",
        models=MODELS,
    )


@hookimpl
async def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_anthropic.health import check

    return await check(settings)


@hookimpl
def list_rates() -> Iterable[ListedRate]:
    from voicegw_anthropic.pricing import rates

    return rates()


@hookimpl
def read_usage_export(source: str | PathLike[str] | IO[bytes]) -> Iterable[UsageLine]:
    """Pages of the usage and cost reports, of the older interface and of its successor."""
    from voicegw_anthropic.usage_export import read_export

    return read_export(source)


@hookimpl
def pull_usage_export(
    settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterable[Path]:
    from voicegw_anthropic.usage_pull import pull_pages

    return pull_pages(settings, start, end, folder)


@hookimpl
def preload_provider() -> None:
    """Also reads the price list, which takes most of a second the first time."""
    import livekit.plugins.anthropic  # noqa: F401

    from voicegateway.pricing import llm_prices

    llm_prices.prepare()
