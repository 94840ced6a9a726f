"""What Cartesia's credits cost.

Cartesia sells credits by the month and has no pay as you go, so a dollar amount needs a plan.
Without one the plan Pro, the dearest that is published, is assumed: such a quote is never exact,
and says so. A plan that the catalog does not have (yearly, enterprise) is the operator's
`pricing.overrides`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from voicegateway.types import Modality, PriceQuote, PriceTerms, Usage

if TYPE_CHECKING:
    from voicegateway.pricing.catalog import Catalog

__all__ = ["PROFESSIONAL_VOICE", "catalog", "is_professional", "known_plan", "quote"]

PROFESSIONAL_VOICE = "professional_voice"
"""The add-on of a voice that was trained for its owner: half as many credits again."""


def catalog() -> Catalog:
    from voicegateway.pricing.catalog import packaged_catalog

    return packaged_catalog("voicegw_cartesia")


def quote(model: str, modality: Modality, usage: Usage, terms: PriceTerms) -> PriceQuote | None:
    return catalog().quote(model, modality, usage, terms)


def known_plan(plan: object) -> str | None:
    """Raises `ValueError` for a plan without a price."""
    plans = catalog().plans()
    if plan is None or plan in plans:
        return None if plan is None else str(plan)
    raise ValueError(
        f"The provider 'cartesia' knows no plan {plan!r}; it has {', '.join(plans)}, billed "
        "monthly. For another leave plan out and set pricing.overrides."
    )


def is_professional(own: Mapping[str, object]) -> bool:
    """Raises `ValueError` unless the key is true, false or not there."""
    value = own.get(PROFESSIONAL_VOICE, False)
    if not isinstance(value, bool):
        raise ValueError(
            f"{PROFESSIONAL_VOICE} of the provider 'cartesia' is true or false, not {value!r}."
        )
    return value
