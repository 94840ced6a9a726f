"""How a plugin hands the meter what LiveKit does not: the vendor's own counters, and the terms
that a price depends on."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from voicegateway.types import Mode

__all__ = [
    "AttemptCounters",
    "DeclaredTerms",
    "current_attempt",
    "declare_terms",
    "declared_terms",
    "running_counters",
]

_TERMS = "_voicegw_terms"


class AttemptCounters:
    """The vendor's counters of one attempt: what `StreamReport.vendor` will hold. Some facts are
    also read by the core where they are there: `service_tier` (a text), `channels` (a whole
    number) and `addons` (names, beside the declared ones) as terms of the price, `request_id` as
    the vendor's name of the request."""

    __slots__ = ("facts",)

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}

    def note(self, **facts: object) -> None:
        """Keep the last value of each: for counters that the vendor sends cumulatively."""
        self.facts.update(facts)

    def add(self, **amounts: Any) -> None:
        """Sum up: for counters that the vendor sends piece by piece."""
        for name, amount in amounts.items():
            self.facts[name] = self.facts.get(name, 0) + amount


running_counters: ContextVar[AttemptCounters | None] = ContextVar(
    "voicegw_running_counters", default=None
)
"""Set by the meter while a stream's `_run`, or `_recognize_impl`, runs; tasks made in there
inherit it."""


def current_attempt() -> AttemptCounters:
    """The attempt that the present task belongs to. Keep what this returns where a connection
    outlives the attempt or serves several. Outside a metered attempt it counts for nobody."""
    return running_counters.get() or AttemptCounters()


@dataclass(frozen=True, slots=True)
class DeclaredTerms:
    """What the prices of all calls on one object depend on. None: as the meter sees it."""

    mode: Mode | None = None
    plan: str | None = None
    channels: int = 1
    addons: frozenset[str] = frozenset()
    service_tier: str | None = None


_NO_TERMS = DeclaredTerms()


def declare_terms(
    target: object,
    *,
    mode: Mode | None = None,
    plan: str | None = None,
    channels: int | None = None,
    addons: Collection[str] | None = None,
    service_tier: str | None = None,
) -> None:
    """Say what the prices of all calls on `target`, an STT, LLM or TTS object, depend on. What is
    None stays as it was; calls that were made before keep their terms."""
    given: dict[str, Any] = {
        "mode": mode,
        "plan": plan,
        "channels": channels,
        "addons": None if addons is None else frozenset(addons),
        "service_tier": service_tier,
    }
    given = {name: value for name, value in given.items() if value is not None}
    setattr(target, _TERMS, dataclasses.replace(declared_terms(target), **given))


def declared_terms(target: object) -> DeclaredTerms:
    """What `declare_terms` was told."""
    terms: DeclaredTerms = getattr(target, "__dict__", {}).get(_TERMS, _NO_TERMS)
    return terms
