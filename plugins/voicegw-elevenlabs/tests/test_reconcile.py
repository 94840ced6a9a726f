"""A month of each of ElevenLabs' three reports beside the ledger of the same calls."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

import voicegw_elevenlabs
from voicegateway.testing import ReconcileConformance
from voicegateway.testing.reconciling.calls import DAY, Call, Leg, billed, by_bucket, counted
from voicegateway.testing.reconciling.faults import Fault
from voicegateway.types import Modality, Unit, Usage

FLASH, MULTILINGUAL, SCRIBE = "eleven_flash_v2_5", "eleven_multilingual_v2", "scribe_v2"
PRODUCTS = {Modality.TTS: "TTS", Modality.STT: "STT"}
EACH = {FLASH: Decimal("0.5"), MULTILINGUAL: Decimal(1)}
"""Credits of a character."""
BY_CREDIT = {"plan": "creator"}


def said(chance):
    return {
        Unit.CHARACTERS: Decimal(chance.randrange(15, 400)),
        Unit.AUDIO_SECONDS: Decimal(chance.randrange(1, 25)),
    }


def heard(chance):
    return {Unit.AUDIO_SECONDS: Decimal(chance.randrange(800, 60_000)) / 1000}


def in_credits(model):
    """Each answer says how many it took, whole ones."""

    def units(chance):
        found = said(chance)
        exact = found[Unit.CHARACTERS] * EACH[model]
        return {**found, Unit.CREDITS: exact.to_integral_value(ROUND_CEILING)}

    return units


def booked(call: Call, units: dict[Unit, Decimal]) -> Call:
    """With other units, at their price."""
    quote = voicegw_elevenlabs.price_usage(call.model, call.modality, Usage(units), call.terms)
    return replace(call, units=units, quote=quote)


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def table(columns: dict[str, tuple[str, str | None]], rows: list[list[object]]) -> str:
    kinds, units = zip(*columns.values(), strict=True)
    found = {
        "columns": list(columns),
        "column_types": list(kinds),
        "column_units": list(units),
        "rows": rows,
    }
    return json.dumps(found)


class TestElevenLabsCosts(ReconcileConformance):
    """A workspace that pays by use: dollars, and the characters of speech."""

    provider, plugin = "elevenlabs", voicegw_elevenlabs
    legs = (
        Leg(FLASH, Modality.TTS, said),
        Leg(MULTILINGUAL, Modality.TTS, said),
        Leg(SCRIBE, Modality.STT, heard),
    )
    rows = {
        FLASH: {Unit.CHARACTERS},
        MULTILINGUAL: {Unit.CHARACTERS},
        SCRIBE: {Unit.AUDIO_SECONDS},
    }

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        """A file a product. What speech-to-text is charged by is not said."""
        columns = {
            "time": ("DateTime", None),
            "product_type": ("String", None),
            "model": ("String", None),
            "fiat_currency": ("String", None),
            "total_cost": ("Float", "usd"),
            "total_charge_count": ("Float", None),
        }
        files = []
        for modality, product in PRODUCTS.items():
            mine = [call for call in calls if call.modality is modality]
            rows: list[list[object]] = [
                [
                    milliseconds(start),
                    product,
                    model,
                    "usd",
                    str(round(billed(some), 6)),
                    count(some),
                ]
                for start, found in by_bucket(mine, width, lambda call: call.model).items()
                for model, some in found.items()
            ]
            files.append(folder / f"costs-{product}.json")
            files[-1].write_text(table(columns, rows))
        return files

    def faults(self) -> list[Fault]:
        """Of speech-to-text there is no more than the dollars: what was counted differently cannot
        be told from another rate."""
        mute = {fault.name for fault in super().faults() if fault.causes.get(SCRIBE) == "units"}
        return [
            *[fault for fault in super().faults() if (fault.model, fault.name) not in
              {(SCRIBE, name) for name in (*mute, "within a thousandth")}],
            *[replace(fault, causes={SCRIBE: "rate"}, says="") for fault in super().faults()
              if fault.model == SCRIBE and fault.name in PRICED_FAULTS],
            Fault("a voice that costs twice", FLASH, {FLASH: "rate"},
                  vendor=lambda call: [call.costing(Decimal(2))],
                  says="the price is exactly twice"),
        ]  # fmt: skip


PRICED_FAULTS = (
    "every fifth call missed",
    "every call twice",
    "every line twice",
    "a week missing",
)


def count(calls: list[Call]) -> int:
    return round(counted(calls, Unit.CHARACTERS) or len(calls))


class OnCredits(ReconcileConformance):
    """A workspace that has bought credits: no report has dollars."""

    provider, plugin = "elevenlabs", voicegw_elevenlabs
    legs = (
        Leg(FLASH, Modality.TTS, in_credits(FLASH), BY_CREDIT),
        Leg(MULTILINGUAL, Modality.TTS, in_credits(MULTILINGUAL), BY_CREDIT),
    )
    costs = False
    hourly = True


class TestElevenLabsCredits(OnCredits):
    """By product alone: the models of one role together."""

    rows = {"*": {Unit.CREDITS}}

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        columns = {
            "timestamp": ("DateTime", "s"),
            "product_type": ("String", ""),
            "credits_used": ("Float", "credits"),
        }
        rows: list[list[object]] = [
            [f"{start:%Y-%m-%dT%H:%M:%SZ}", "text-to-speech", str(counted(some, Unit.CREDITS))]
            for start, found in by_bucket(calls, width, lambda _: None).items()
            for some in found.values()
        ]
        file = folder / "credits.json"
        file.write_text(table(columns, rows))
        return [file]

    def faults(self) -> list[Fault]:
        return [
            *super().faults(),
            Fault("a voice that costs twice", "*", {"*": "units"}, ledger=ordinary_voice),
        ]


class TestElevenLabsCharacterStatistics(OnCredits):
    """The older report, by model."""

    rows = {FLASH: {Unit.CREDITS}, MULTILINGUAL: {Unit.CREDITS}}

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        buckets = by_bucket(calls, width, lambda call: call.model)
        models = sorted({call.model for call in calls})
        found = {
            "time": [milliseconds(start) for start in buckets],
            "usage": {
                model: [float(counted(found.get(model, ()), Unit.CREDITS))
                        for found in buckets.values()]
                for model in models
            },
        }  # fmt: skip
        file = folder / "character-stats.json"
        file.write_text(json.dumps(found))
        return [file]


def ordinary_voice(call: Call) -> list[Call]:
    """Booked before the answer said what it took, at half the credits."""
    return [booked(call, {**call.units, Unit.CREDITS: call.units[Unit.CREDITS] / 2})]
