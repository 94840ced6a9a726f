"""A month of AssemblyAI's sessions, and an invoice beside them, against the ledger of the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import voicegw_assemblyai
from voicegateway.testing import ReconcileConformance
from voicegateway.testing.reconciling.calls import DAY, END, START, Call, Leg, billed
from voicegateway.testing.reconciling.faults import Fault
from voicegateway.testing.reconciling.ledger import reconciled
from voicegateway.testing.reconciling.subject import Agreeing
from voicegateway.types import Modality, Unit, Usage

STREAMING, PRO = "universal-streaming-english", "universal-3-6-pro"
BILLED = {Unit.SESSION_SECONDS}
TOLD = {Unit.SESSION_SECONDS, Unit.AUDIO_SECONDS}
CENT = Decimal("0.01")


def open_for(chance):
    """Whole seconds, as the last message of a session has them."""
    opened = chance.choice([chance.randrange(600, 9000), chance.randrange(5, 600)])
    return {
        Unit.SESSION_SECONDS: Decimal(opened),
        Unit.AUDIO_SECONDS: Decimal(chance.randrange(3, opened + 1)),
    }


def booked(call: Call, **units: Decimal) -> Call:
    """With other units, at their price."""
    other = {**call.units, **{Unit(name): amount for name, amount in units.items()}}
    quote = voicegw_assemblyai.price_usage(call.model, call.modality, Usage(other), call.terms)
    return replace(call, units=other, quote=quote)


def heard_for_open(call: Call) -> list[Call]:
    """The audio that was sent, booked for the time that the session was open."""
    return [booked(call, session_seconds=call.units[Unit.AUDIO_SECONDS])]


def measured(call: Call) -> list[Call]:
    """As our own clock has it, where the vendor says whole seconds."""
    apart = Decimal("0.372") if call.number % 2 else Decimal("-0.412")
    return [replace(call, units={unit: n + apart for unit, n in call.units.items()})]


def left_open(call: Call) -> list[Call]:
    """Sessions that nobody ended, which the vendor closes after three hours and bills in full."""
    if call.number % 5:
        return [call]
    return [booked(call, session_seconds=Decimal(10_800))]


class Sessions(ReconcileConformance):
    """Messages as they came, a line each, in files of a fortnight."""

    provider, plugin = "assemblyai", voicegw_assemblyai
    legs = (
        Leg(STREAMING, Modality.STT, open_for),
        Leg(PRO, Modality.STT, open_for),
    )
    uncharged = frozenset({Unit.AUDIO_SECONDS})
    added: ClassVar[tuple[str, ...]] = ("timestamp", "model")
    """What whoever wrote them down put beside the messages."""
    unseen: ClassVar[tuple[str, ...]] = (
        "within a thousandth",
        "in another unit",
        "in thousandths",
    )

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        assert width == DAY
        files = [folder / "sessions-1.jsonl", folder / "sessions-2.jsonl"]
        halves: tuple[list[str], list[str]] = ([], [])
        for call in sorted(self.written_down(calls), key=lambda one: one.at):
            half = halves[call.at >= START + 15 * DAY]
            half.append(json.dumps({"type": "Begin", "id": "0"}))
            half.append(json.dumps(self.message(call)))
        for file, lines in zip(files, halves, strict=True):
            file.write_text("".join(f"{line}\n" for line in lines))
        return [file for file in files if file.stat().st_size]

    def faults(self) -> list[Fault]:
        """Whole seconds hide a thousandth; see below for sessions longer than any can be."""
        return [
            *[fault for fault in super().faults() if fault.name not in self.unseen],
            *[
                Fault("fractions of seconds", model, {model: "rounding"}, ledger=measured,
                      flagged=False)
                for model in self.rows
            ],
        ]  # fmt: skip

    def written_down(self, calls: list[Call]) -> list[Call]:
        return calls

    def message(self, call: Call) -> dict[str, object]:
        seconds = round(call.units[Unit.SESSION_SECONDS])
        beside = {
            "timestamp": (call.at + timedelta(seconds=max(1, seconds))).isoformat(),
            "model": call.model,
        }
        return {
            "type": "Termination",
            "audio_duration_seconds": round(call.units[Unit.AUDIO_SECONDS]),
            "session_duration_seconds": seconds,
            **{name: beside[name] for name in self.added},
        }


class TestAssemblyAIAgrees(Sessions):
    """A vendor that only counts: what is not billed is told as well."""

    costs = False
    rows = {STREAMING: TOLD, PRO: TOLD}

    def faults(self) -> list[Fault]:
        billed_alone = frozenset(BILLED)
        return [
            *super().faults(),
            Fault("audio booked for open time", PRO, {PRO: "units"}, ledger=heard_for_open,
                  units=billed_alone),
            Fault("sessions left open", STREAMING, {STREAMING: "units"}, vendor=left_open,
                  units=billed_alone),
        ]  # fmt: skip

    def test_sessions_in_milliseconds_are_refused(self, agreeing: Agreeing, tmp_path: Path) -> None:
        files = self.export([call.used(Decimal(1000)) for call in agreeing.calls], tmp_path)
        found = reconciled(agreeing.provider, agreeing.ledger, files)
        assert (found.code, found.out) == (2, "")
        assert "lasted longer than AssemblyAI lets a session" in found.err


class TestAssemblyAIAsItComes(Sessions):
    """Neither the time nor the model: all sessions of the files together."""

    costs = False
    added = ()
    unseen = ("within a thousandth",)
    rows = {"*": TOLD}

    def written_down(self, calls: list[Call]) -> list[Call]:
        return [call for call in calls if START <= call.at < END]


class TestAssemblyAIAndInvoice(Sessions):
    """The invoice names what each model cost, which a user writes into a file of ours."""

    rows = {STREAMING: TOLD, PRO: TOLD}
    unseen = (*Sessions.unseen, "no price here")
    """Without any rate nobody knows which of the two counts the amount is of."""

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        lines = ["start,end,model,modality,cost_usd"]
        for model in sorted({call.model for call in calls}):
            total = billed(c for c in calls if c.model == model and START <= c.at < END)
            lines.append(f"{START:%Y-%m-%d},{END:%Y-%m-%d},{model},stt,{total.quantize(CENT)}")
        invoice = folder / "invoice.csv"
        invoice.write_text("\n".join(lines) + "\n")
        return [*super().export(calls, folder, width), invoice]
