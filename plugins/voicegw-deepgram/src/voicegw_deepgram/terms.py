"""What the price of a call depends on besides its units."""

from __future__ import annotations

from typing import Final

from voicegateway.authoring import declare_terms
from voicegateway.types import ProviderSettings

__all__ = ["LANGUAGE_TIERS", "OWN_SETTINGS", "chosen_plan", "declare_options", "language_tier"]

OWN_SETTINGS: Final = ("plan",)
"""Keys of the provider's entry in the config that are no option of LiveKit's."""

LANGUAGE_TIERS: Final = ("monolingual", "multilingual")
"""The price page lists Nova-3 twice, the second time for `language=multi`. It is the service tier
of a call, since each may have a language of its own."""


def chosen_plan(settings: ProviderSettings) -> str | None:
    """None: pay as you go. Raises `ValueError` for a plan that no rate is known of."""
    from voicegw_deepgram.pricing import catalog

    plan = settings.extra.get("plan")
    if plan is None or plan in catalog().plans():
        return plan if isinstance(plan, str) else None
    known = ", ".join(catalog().plans())
    raise ValueError(
        f"The provider 'deepgram' knows no rates of the plan {plan!r}, only of {known}: leave it "
        "out for pay as you go, or give your own rates in pricing.overrides."
    )


def declare_options(target: object, options: object) -> None:
    """`options` are what LiveKit's object asks Deepgram for. Calls made before keep their terms."""
    tier = language_tier(getattr(options, "language", None))
    declare_terms(target, addons=_addons(options), service_tier=tier)


def language_tier(language: object) -> str:
    return LANGUAGE_TIERS[language == "multi"]


def _addons(options: object) -> set[str]:
    asked = {
        "diarize": getattr(options, "enable_diarization", False),
        "keyterm": getattr(options, "keyterm", ()),
        "redact": getattr(options, "redact", ()),
        "mip_opt_out": getattr(options, "mip_opt_out", False),
    }
    return {name for name, value in asked.items() if value}
