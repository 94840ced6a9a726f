"""Who plays in the sample month: models and their prices, stacks, projects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from voicegateway.pricing.overrides import Overrides, Rate, RateOverride
from voicegateway.types import Modality, Mode, Unit

__all__ = [
    "FALLBACK",
    "PRICES",
    "PROJECTS",
    "PROVIDERS",
    "RATES",
    "STACKS",
    "Model",
    "Project",
    "Stack",
]

_NOTE: Final = "sample prices, made up"
_VALID_FROM: Final = date(2026, 1, 1)
_MILLION: Final = Decimal(1_000_000)
_THOUSAND: Final = Decimal(1000)
_MINUTE: Final = Decimal(60)


@dataclass(frozen=True, slots=True)
class Model:
    """A model, and how fast it is on a good day."""

    provider: str
    name: str
    modality: Modality
    first_ms: float
    """Median time to the first output."""
    speed: float
    """Tokens or characters a second after that."""
    mode: Mode = "streaming"
    caches: bool = False

    @property
    def id(self) -> str:
        return f"{self.provider}/{self.name}"


class Stack(NamedTuple):
    stt: Model
    llm: Model
    tts: Model


@dataclass(frozen=True, slots=True)
class Project:
    """One team's calls."""

    name: str
    title: str
    description: str
    stacks: tuple[str, ...]
    """The first is the usual one."""
    share: float
    """Of all calls."""
    busy: tuple[int, int]
    """Hours of the day, UTC, between which most of its calls come."""
    turns: float
    """In the mean call."""
    tags: tuple[str, ...] = ()


_LISTEN = Model("tern", "listen-3", Modality.STT, 190, 0)
_HEAR = Model("heron", "hear-2", Modality.STT, 230, 0)
_EAR = Model("burrow", "ear-small", Modality.STT, 480, 0, mode="batch")
_PARROT = Model("acme", "parrot-2", Modality.LLM, 430, 75, caches=True)
_MINI = Model("acme", "parrot-2-mini", Modality.LLM, 270, 110, caches=True)
_REASON = Model("wren", "reason-70b", Modality.LLM, 180, 240)
_PREVIEW = Model("wren", "reason-next-preview", Modality.LLM, 340, 130)
_TINY = Model("burrow", "tiny:3b", Modality.LLM, 620, 28)
_NOVA = Model("lark", "voice-nova", Modality.TTS, 150, 190)
_LITE = Model("lark", "voice-lite", Modality.TTS, 85, 310)
_SPEAK = Model("heron", "speak-flash", Modality.TTS, 120, 260)
_MOUTH = Model("burrow", "mouth-mini", Modality.TTS, 310, 90)

STACKS: Final[Mapping[str, Stack]] = {
    "premium": Stack(_LISTEN, _PARROT, _NOVA),
    "standard": Stack(_HEAR, _MINI, _LITE),
    "swift": Stack(_LISTEN, _REASON, _SPEAK),
    "trial": Stack(_HEAR, _PREVIEW, _LITE),
    "house": Stack(_EAR, _TINY, _MOUTH),
}

FALLBACK: Final[Mapping[str, Model]] = {
    _PARROT.id: _REASON,
    _MINI.id: _REASON,
    _REASON.id: _MINI,
    _PREVIEW.id: _MINI,
    _NOVA.id: _LITE,
    _LITE.id: _SPEAK,
    _SPEAK.id: _LITE,
}
"""Who is asked when a model has failed."""

PROJECTS: Final = (
    Project("support", "Customer support", "First line, by phone", ("premium", "standard"),
            0.36, (8, 18), 9, ("phone", "production")),
    Project("booking", "Table booking", "Takes and changes reservations", ("standard",),
            0.30, (10, 21), 6, ("phone", "production")),
    Project("survey", "Customer survey", "Asks five questions after a visit", ("swift",),
            0.17, (16, 20), 7, ("outbound",)),
    Project("reception", "Night reception", "On our own machine, without a vendor", ("house",),
            0.11, (19, 24), 5, ("phone", "local")),
    Project("lab", "Lab", "Trying new models", ("trial", "premium"), 0.06, (9, 17), 4),
)  # fmt: skip

PROVIDERS: Final = ("acme", "burrow", "heron", "lark", "tern", "wren")


def _rates(model: Model, **usd: tuple[str, Decimal]) -> RateOverride:
    rates = {Unit(unit): Rate(Decimal(rate), per) for unit, (rate, per) in usd.items()}
    return RateOverride(model.provider, rates, model=model.name, valid_from=_VALID_FROM, note=_NOTE)


def _tokens(model: Model, fresh: str, cached: str | None, output: str) -> RateOverride:
    known = {"input_tokens": fresh, "cached_input_tokens": cached, "output_tokens": output}
    return _rates(model, **{unit: (usd, _MILLION) for unit, usd in known.items() if usd})


RATES: Final = (
    _rates(_LISTEN, audio_seconds=("0.0077", _MINUTE)),
    _rates(_HEAR, audio_seconds=("0.0043", _MINUTE)),
    _rates(_EAR, audio_seconds=("0", _MINUTE)),
    _tokens(_PARROT, "2.50", "1.25", "10.00"),
    _tokens(_MINI, "0.15", "0.075", "0.60"),
    _tokens(_REASON, "0.59", None, "0.79"),
    _tokens(_TINY, "0", None, "0"),
    _rates(_NOVA, characters=("0.050", _THOUSAND)),
    _rates(_LITE, characters=("0.015", _THOUSAND)),
    _rates(_SPEAK, characters=("0.018", _THOUSAND)),
    _rates(_MOUTH, characters=("0", _THOUSAND)),
)
"""None for the preview model: its price is not known."""

PRICES: Final = Overrides(RATES)
