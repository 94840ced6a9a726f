"""A small ledger, the export that a vendor would give for it, and a plugin that reads it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from voicegateway import hookimpl
from voicegateway.core.provider import Provider, load_plugin
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed
from voicegateway.storage.queries import between
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit, UsageLine

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 3
PERIOD = between(FIRST, FIRST + timedelta(days=DAYS), "UTC")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)

EAR, PARROT, TONE = "ear-1", "parrot-2", "tone-1"
MODALITY = {EAR: Modality.STT, PARROT: Modality.LLM, TONE: Modality.TTS}
RATES = {
    EAR: {Unit.AUDIO_SECONDS: ("0.0048", "60")},
    PARROT: {
        Unit.INPUT_TOKENS: ("0.15", "1000000"),
        Unit.CACHED_INPUT_TOKENS: ("0.075", "1000000"),
        Unit.OUTPUT_TOKENS: ("0.60", "1000000"),
    },
    TONE: {Unit.CHARACTERS: ("0.03", "1000")},
}
"""Dollars for so many."""


@dataclass(frozen=True)
class Call:
    """One attempt. `units` has those that are not billed as well."""

    number: int
    at: datetime
    model: str
    units: dict[Unit, Decimal]
    project: str = "support"
    priced: bool = True
    provider: str = "acme"

    def quote(self) -> PriceQuote:
        lines = []
        for unit, (rate, per) in RATES[self.model].items():
            amount = self.units.get(unit, Decimal(0))
            cost = amount * Decimal(rate) / Decimal(per)
            lines.append(PriceLine(unit, amount, amount, Decimal(rate), Decimal(per), cost))
        if not self.priced:
            return PriceQuote(None, confidence="unknown")
        total = sum((line.amount_usd for line in lines), Decimal(0))
        return PriceQuote(total, tuple(lines), source="list", as_of=date(2026, 11, 1))

    @property
    def cost_usd(self) -> Decimal:
        return replace(self, priced=True).quote().amount_usd or Decimal(0)


def calls(each: int = 30) -> list[Call]:
    """`each` calls of every model, evenly over three days and no two of them alike."""
    step = timedelta(days=DAYS) / (3 * each)
    return [
        Call(number, FIRST + step * number, model, _units(model, number))
        for number, model in enumerate((EAR, PARROT, TONE) * each)
    ]


def _units(model: str, number: int) -> dict[Unit, Decimal]:
    some = 1000 + number * 37 % 501
    if model == EAR:
        seconds = Decimal(some) / 100
        return {Unit.AUDIO_SECONDS: seconds, Unit.SESSION_SECONDS: seconds + 3}
    if model == TONE:
        return {Unit.CHARACTERS: Decimal(some), Unit.AUDIO_SECONDS: Decimal(some) / 14 // 1}
    cached, output = Decimal(some * 3), Decimal(some // 9)
    return {
        Unit.INPUT_TOKENS: Decimal(some * 2),
        Unit.CACHED_INPUT_TOKENS: cached,
        Unit.OUTPUT_TOKENS: output,
    }


def write_ledger(path: Path, made: list[Call]) -> Path:
    """Two calls with one number are two rows all the same."""
    ledger = open_ledger(path)
    for index, call in enumerate(made):
        started = int(call.at.timestamp()) * 1_000_000 + call.at.microsecond
        about = Attempt(
            f"{index:026d}",
            1,
            started,
            call.project,
            None,
            call.provider,
            call.model,
            MODALITY[call.model],
        )
        ledger.append(
            AttemptClosed(
                about, "completed", call.units, "reported", "confirmed", call.quote(), 1.0, 2.0
            )
        )
    assert ledger.flush(10)
    ledger.close()
    return path


@dataclass(frozen=True)
class Line:
    """One line of the vendor's export."""

    start: datetime
    end: datetime
    model: str
    modality: Modality | None
    units: dict[Unit, Decimal]
    cost: Decimal | None

    def to_json(self) -> dict[str, object]:
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "model": self.model,
            "modality": self.modality,
            "units": {unit: str(amount) for unit, amount in self.units.items()},
            "cost": None if self.cost is None else str(self.cost),
        }


def export(made: list[Call], *, shift: timedelta = timedelta(0)) -> list[Line]:
    """What the vendor would bill: a line a day and model, with what it bills. `shift` moves what
    falls into which day, as a vendor with days of another zone would."""
    units: dict[tuple[int, str], dict[Unit, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    costs: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for call in made:
        key = ((call.at + shift - FIRST) // timedelta(days=1), call.model)
        if not 0 <= key[0] < DAYS:
            continue
        costs[key] += call.cost_usd
        for unit in RATES[call.model]:
            units[key][unit] += call.units[unit]
    return [
        Line(
            FIRST + timedelta(days=day),
            FIRST + timedelta(days=day + 1),
            model,
            MODALITY[model],
            dict(units[day, model]),
            costs[day, model],
        )
        for day, model in sorted(costs)
    ]


def write_export(path: Path, lines: list[Line]) -> Path:
    path.write_text(json.dumps({"lines": [line.to_json() for line in lines]}))
    return path


class AcmePlugin:
    """Reads what `write_export` writes."""

    @hookimpl
    def read_usage_export(self, source):
        for one in json.loads(Path(source).read_text())["lines"]:
            yield UsageLine(
                start=datetime.fromisoformat(one["start"]),
                end=datetime.fromisoformat(one["end"]),
                model=one["model"],
                modality=one["modality"] and Modality(one["modality"]),
                units={Unit(unit): Decimal(amount) for unit, amount in one["units"].items()},
                cost_usd=one["cost"] and Decimal(one["cost"]),
                raw=one,
            )


class SilentPlugin:
    """Reads no export."""

    @hookimpl
    def price_usage(self, model):
        return None


def provider(plugin: object | None = None) -> Provider:
    manager = load_plugin("acme", plugin or AcmePlugin())
    return Provider("acme", "voicegw-acme", "1.0", manager)
