"""The entries of a price catalog: a dated TOML file that a plugin carries.

```toml
[[entry]]
models = ["nova-3", "nova-3-*"]           # or shell patterns; the first entry that fits counts
modality = "stt"
mode = "streaming"                        # left out: any
plan = "growth"                           # left out: pay as you go; "*": any
service_tier = "priority"                 # left out: the standard one
above_input_tokens = 272000               # only requests with more than so many
rates = [{ unit = "audio_seconds", usd = "0.0048", per = 60, per_channel = true }]
addons = { diarize = { usd = "0.0020", per = 60 }, entities = { percent = 30 } }
valid_from = 2026-05-05                   # both days may be left out; `valid_to` is the first
valid_to = 2027-01-01                     # day on which the entry no longer applies
source = "price page, copy of 2026-11-04"
source_url = "https://example.com/pricing"
checked_on = 2026-11-22
disputed = "two sources disagree"         # then a quote is never exact
```

A rate may also have `minimum` (units billed at least, of an attempt that used any), `increment`
(billed in steps of so many), and `credits` (credits a unit: `usd` then buys `per` credits). Write
`usd` and `per` as they are printed; division comes last.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final, get_args

from voicegateway.types import Modality, Mode, PriceTerms, Unit

__all__ = ["STANDARD_TIERS", "Addon", "CatalogError", "CatalogRate", "Entry", "read_entry"]

STANDARD_TIERS: Final = {None, "", "auto", "default", "standard", "on_demand"}
_INPUT_UNITS: Final = (
    Unit.INPUT_TOKENS,
    Unit.CACHED_INPUT_TOKENS,
    Unit.CACHE_WRITE_TOKENS,
    Unit.CACHE_WRITE_1H_TOKENS,
    Unit.INPUT_AUDIO_TOKENS,
    Unit.CACHED_INPUT_AUDIO_TOKENS,
)
_RATE_KEYS: Final = {"unit", "usd", "per", "minimum", "increment", "credits", "per_channel"}
_ADDON_KEYS: Final = {"usd", "per", "percent"}
_ENTRY_KEYS: Final = {
    "models",
    "modality",
    "mode",
    "plan",
    "service_tier",
    "above_input_tokens",
    "rates",
    "addons",
    "valid_from",
    "valid_to",
    "source",
    "source_url",
    "checked_on",
    "disputed",
}
_NEEDED: Final = ("models", "modality", "rates", "source", "source_url", "checked_on")


class CatalogError(ValueError):
    """A catalog file that cannot be read: says the file, the entry and the key."""


@dataclass(frozen=True, slots=True)
class CatalogRate:
    """`usd` for every `per` units, or credits where a unit costs `credits` of them."""

    unit: Unit
    usd: Decimal
    per: Decimal = Decimal(1)
    minimum: Decimal = Decimal(0)
    increment: Decimal = Decimal(0)
    credits: Decimal | None = None
    per_channel: bool = False
    is_plain: bool = field(init=False, repr=False, compare=False)
    """Whether what is billed is what was consumed, whatever the call."""

    def __post_init__(self) -> None:
        ruled = self.minimum or self.increment or self.per_channel or self.credits is not None
        object.__setattr__(self, "is_plain", not ruled)


@dataclass(frozen=True, slots=True)
class Addon:
    """Billed on top: `usd` for every `per` of the entry's first unit, or so many `percent` of each
    of its rates."""

    usd: Decimal | None = None
    per: Decimal = Decimal(1)
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What one kind of call on some models costs, and how we know."""

    models: tuple[str, ...]
    modality: Modality
    rates: tuple[CatalogRate, ...]
    source: str
    source_url: str
    checked_on: date
    mode: Mode | None = None
    plan: str | None = None
    service_tier: str | None = None
    above_input_tokens: int = 0
    addons: Mapping[str, Addon] = field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None
    disputed: str = ""

    def fits_model(self, model: str, modality: Modality) -> bool:
        return modality is self.modality and any(fnmatchcase(model, one) for one in self.models)

    def fits_terms(self, terms: PriceTerms) -> bool:
        return (
            self.mode in (None, terms.mode)
            and self.plan in (terms.plan, "*")
            and self.service_tier == _special(terms.service_tier)
        )

    def fits_day(self, at: datetime) -> bool:
        day = at.astimezone(UTC).date()
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)

    def fits_size(self, units: Mapping[Unit, Decimal]) -> bool:
        if not self.above_input_tokens:
            return True
        return sum(units.get(unit, Decimal(0)) for unit in _INPUT_UNITS) > self.above_input_tokens


def _special(tier: str | None) -> str | None:
    return None if tier in STANDARD_TIERS else tier


def read_entry(raw: Mapping[str, Any], where: str) -> Entry:
    """Raises `CatalogError`; `where` says which file and entry."""
    _refuse_unknown(raw, _ENTRY_KEYS, where)
    for key in _NEEDED:
        if not raw.get(key):
            raise CatalogError(f"{where} has no {key}.")
    entry = Entry(
        models=tuple(_texts(raw["models"], f"{where}: models")),
        modality=_one_of(Modality, raw["modality"], f"{where}: modality"),
        rates=tuple(_rate(rate, where) for rate in _tables(raw["rates"], f"{where}: rates")),
        source=_text(raw["source"], f"{where}: source"),
        source_url=_text(raw["source_url"], f"{where}: source_url"),
        checked_on=_day(raw["checked_on"], f"{where}: checked_on"),
        mode=_mode(raw.get("mode"), f"{where}: mode"),
        plan=raw.get("plan"),
        service_tier=raw.get("service_tier"),
        above_input_tokens=int(_number(raw.get("above_input_tokens", 0), f"{where}: above_input")),
        addons={name: _addon(one, where, name) for name, one in raw.get("addons", {}).items()},
        valid_from=_day_or_none(raw.get("valid_from"), f"{where}: valid_from"),
        valid_to=_day_or_none(raw.get("valid_to"), f"{where}: valid_to"),
        disputed=raw.get("disputed", ""),
    )
    units = [rate.unit for rate in entry.rates]
    if len(set(units)) != len(units):
        raise CatalogError(f"{where} has two rates for one unit.")
    return entry


def _rate(raw: Mapping[str, Any], where: str) -> CatalogRate:
    _refuse_unknown(raw, _RATE_KEYS, f"{where}: rates")
    for key in ("unit", "usd"):
        if key not in raw:
            raise CatalogError(f"{where}: a rate has no {key}.")
    credits_ = raw.get("credits")
    return CatalogRate(
        unit=_one_of(Unit, raw["unit"], f"{where}: unit"),
        usd=_number(raw["usd"], f"{where}: usd"),
        per=_positive(raw.get("per", 1), f"{where}: per"),
        minimum=_number(raw.get("minimum", 0), f"{where}: minimum"),
        increment=_number(raw.get("increment", 0), f"{where}: increment"),
        credits=None if credits_ is None else _number(credits_, f"{where}: credits"),
        per_channel=raw.get("per_channel", False) is True,
    )


def _addon(raw: Mapping[str, Any], where: str, name: str) -> Addon:
    where = f"{where}: add-on {name}"
    _refuse_unknown(raw, _ADDON_KEYS, where)
    if ("usd" in raw) == ("percent" in raw):
        raise CatalogError(f"{where} needs usd or percent, one of them.")
    if "percent" in raw:
        return Addon(percent=_number(raw["percent"], f"{where}: percent"))
    per = _positive(raw.get("per", 1), f"{where}: per")
    return Addon(usd=_number(raw["usd"], f"{where}: usd"), per=per)


def _refuse_unknown(raw: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for key in raw:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known))}"
            raise CatalogError(f"{where} has an unknown key {key!r}: {hint}")


def _number(value: object, where: str) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, str | int | Decimal) else None
    except InvalidOperation:
        number = None
    if number is None or isinstance(value, bool) or not number.is_finite() or number < 0:
        raise CatalogError(f"{where} is no amount: {value!r}.")
    return number


def _positive(value: object, where: str) -> Decimal:
    number = _number(value, where)
    if not number:
        raise CatalogError(f"{where} must not be 0.")
    return number


def _one_of(kind: type[StrEnum], value: str, where: str) -> Any:
    try:
        return kind(value)
    except ValueError as error:
        known = ", ".join(kind)
        raise CatalogError(f"{where} is {value!r}, and there are {known}.") from error


def _mode(value: object, where: str) -> Any:
    if value is not None and value not in get_args(Mode):
        raise CatalogError(f"{where} is {value!r}, and there are {', '.join(get_args(Mode))}.")
    return value


def _day(value: object, where: str) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise CatalogError(f"{where} is no day like 2026-11-22: {value!r}.")
    return value


def _day_or_none(value: object, where: str) -> date | None:
    return None if value is None else _day(value, where)


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise CatalogError(f"{where} is no text: {value!r}.")
    return value


def _texts(value: object, where: str) -> list[str]:
    if not isinstance(value, list):
        raise CatalogError(f"{where} is no list.")
    return [_text(one, where) for one in value]


def _tables(value: object, where: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise CatalogError(f"{where} is no list of tables.")
    return value
