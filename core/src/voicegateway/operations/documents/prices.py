"""The rates that requests are priced with."""

from __future__ import annotations

from pydantic import Field

from voicegateway.operations.documents.base import Document, Quantity, Usd
from voicegateway.types import Modality, Mode, Unit

__all__ = ["PriceFailure", "Prices", "Rate"]


class Rate(Document):
    """One line of a price list: `rate_usd` for every `per` of the unit."""

    provider: str
    model: str
    modality: Modality | None
    unit: Unit
    rate_usd: Usd
    per: Quantity
    mode: Mode | None
    plan: str | None
    rule: str
    source: str
    source_url: str
    checked_on: str | None = Field(description="The day somebody last looked, as ISO has it.")
    age_days: int | None = Field(description="Since then; null for a rate of your own.")
    valid_from: str | None
    valid_to: str | None
    disputed: str
    override: bool = Field(description="A rate of your own: `pricing.overrides`.")


class PriceFailure(Document):
    """A plugin that could not say its rates."""

    provider: str
    error: str


class Prices(Document):
    """Your own rates first; of several that match the first counts."""

    rates: list[Rate]
    failed: list[PriceFailure]
