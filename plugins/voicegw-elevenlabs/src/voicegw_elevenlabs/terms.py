"""What a price depends on besides the units: the plan of the workspace, and add-ons of Scribe."""

from __future__ import annotations

from collections.abc import Sized
from typing import Final

from voicegateway.types import ProviderSettings

__all__ = ["KEYTERMS", "MANY_KEYTERMS", "keyterm_addons", "plan_of"]

KEYTERMS: Final = "keyterms"
MANY_KEYTERMS: Final = "over_100_keyterms"
"""Costs nothing by itself and sets a minimum: see `voicegw_elevenlabs.pricing`."""

_MANY: Final = 100


def plan_of(settings: ProviderSettings) -> str | None:
    """The plan that a workspace buys its credits by; None where it pays by character, minute or
    hour. Raises `ValueError` for a plan the price list does not have."""
    plan = settings.extra.get("plan")
    if plan is None:
        return None
    from voicegw_elevenlabs.pricing import catalog  # reads the price list

    plans = catalog().plans()
    if isinstance(plan, str) and plan in plans:
        return plan
    raise ValueError(
        f"The provider {settings.provider!r} knows no plan {plan!r}: there are "
        f"{', '.join(plans)}; leave it out for pay as you go."
    )


def keyterm_addons(keyterms: Sized | None) -> frozenset[str]:
    """The add-ons that prompting with so many key terms is billed by."""
    if not keyterms:
        return frozenset()
    many = {MANY_KEYTERMS} if len(keyterms) > _MANY else set()
    return frozenset({KEYTERMS, *many})
