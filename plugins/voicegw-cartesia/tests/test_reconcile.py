"""A month of Cartesia's credits, and an invoice beside them, and the ledger of the same calls."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import voicegw_cartesia
from voicegateway.testing import ReconcileConformance
from voicegateway.testing.reconciling.calls import DAY, END, START, Call, Leg, billed, by_bucket
from voicegateway.testing.reconciling.faults import Fault
from voicegateway.types import Modality, Unit, Usage

SONIC, INK = "sonic-3", "ink-2"
ON_PLAN = {"plan": "startup"}
CREDITS = {SONIC: Decimal(1), INK: Decimal(3), "ink-whisper": Decimal(1)}
"""For a character, or a second."""
CENT = Decimal("0.01")


def said(chance):
    return {
        Unit.CHARACTERS: Decimal(chance.randrange(400, 4000)),
        Unit.AUDIO_SECONDS: Decimal(chance.randrange(20, 250)),
    }


def heard(chance):
    return {Unit.AUDIO_SECONDS: Decimal(chance.randrange(8_000, 240_000)) / 1000}


def booked(call: Call, **terms) -> Call:
    """On other terms."""
    on = replace(call.terms, **terms)
    quote = voicegw_cartesia.price_usage(call.model, call.modality, Usage(call.units), on)
    return replace(call, terms=on, quote=quote)


def credits_of(call: Call) -> Decimal:
    unit = Unit.CHARACTERS if call.modality is Modality.TTS else Unit.AUDIO_SECONDS
    return call.units[unit] * CREDITS[call.model]


class Credits(ReconcileConformance):
    """Whole credits a day of everything together."""

    provider, plugin = "cartesia", voicegw_cartesia
    legs = (
        Leg(SONIC, Modality.TTS, said, ON_PLAN),
        Leg(INK, Modality.STT, heard, ON_PLAN),
        Leg("ink-whisper", Modality.STT, heard, ON_PLAN, a_day=1),
    )

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        assert width == DAY
        days = [
            {
                "timestamp": f"{start:%Y-%m-%dT00:00:00Z}",
                "credits": int(sum(map(credits_of, found[None])).to_integral_value(ROUND_HALF_UP)),
            }
            for start, found in by_bucket(calls, DAY, lambda _: None).items()
        ]
        file = folder / "credits.json"
        file.write_text(json.dumps({"data": days}))
        return [file]

    def faults(self) -> list[Fault]:
        return [
            *super().faults(),
            Fault(
                "streams booked by the plan of files",
                "*",
                {"*": "units"},
                ledger=lambda call: [half_heard(call)],
            ),
            Fault(
                "silence left out",
                "*",
                {"*": "units"},
                ledger=lambda call: [without_silence(call)],
            ),
        ]


def half_heard(call: Call) -> Call:
    """Half a credit a second is for files; these were streams."""
    return booked(call, mode="batch") if call.model == "ink-whisper" else booked(half(call))


def half(call: Call) -> Call:
    return call.used(Decimal("0.5")) if call.model == INK else call


def without_silence(call: Call) -> Call:
    """Speech alone, a third less than was sent."""
    return booked(call.used(Decimal("0.66"))) if call.modality is Modality.STT else call


class TestCartesiaCredits(Credits):
    costs = False
    rows = {"*": {Unit.CREDITS}}


class TestCartesiaCreditsAndInvoice(Credits):
    """What the credits cost is on an invoice, whose sum a user writes into a file of ours."""

    rows = {"*": {Unit.CREDITS}}

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        month = [call for call in calls if START <= call.at < END]
        total = billed(month).quantize(CENT)
        invoice = folder / "invoice.csv"
        invoice.write_text(
            f"start,end,model,modality,cost_usd\n{START:%Y-%m-%d},{END:%Y-%m-%d},*,,{total}\n"
        )
        return [*super().export(calls, folder, width), invoice]
