"""A month of Deepgram's breakdowns of usage and billing beside the ledger of the same calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import voicegw_deepgram
from voicegateway.testing import ReconcileConformance
from voicegateway.testing.reconciling.calls import DAY, Call, Leg, billed, by_bucket, counted
from voicegateway.testing.reconciling.faults import Fault
from voicegateway.types import Modality, Unit, Usage

NOVA, FLUX, AURA = "nova-3", "flux-general-en", "aura-2"
LISTED = {"streaming": "streaming", "batch": "sync"}
"""What the reports call our modes."""
GROUPS = {"accessor": None, "tags": None, "deployment": None}


def heard(chance):
    """What the stream was open is not billed."""
    seconds = Decimal(chance.randrange(800, 60_000)) / 1000
    return {Unit.AUDIO_SECONDS: seconds, Unit.SESSION_SECONDS: seconds + 5}


def said(chance):
    return {
        Unit.CHARACTERS: Decimal(chance.randrange(15, 400)),
        Unit.AUDIO_SECONDS: Decimal(chance.randrange(1, 25)),
    }


def booked(call: Call, **terms) -> Call:
    """On other terms."""
    on = replace(call.terms, **terms)
    quote = voicegw_deepgram.price_usage(call.model, call.modality, Usage(call.units), on)
    return replace(call, terms=on, quote=quote)


def changed(model: str, mode: str, **terms):
    """Other terms for the calls of one mode."""
    return lambda call: [booked(call, **terms) if call.terms.mode == mode else call]


class TestDeepgramAgrees(ReconcileConformance):
    provider, plugin = "deepgram", voicegw_deepgram
    legs = (
        Leg(NOVA, Modality.STT, heard),
        Leg(NOVA, Modality.STT, heard, {"mode": "batch"}, a_day=2),
        Leg(NOVA, Modality.STT, heard, {"channels": 2}, a_day=1),
        Leg(NOVA, Modality.STT, heard, {"addons": frozenset({"diarize"})}, a_day=1),
        Leg(FLUX, Modality.STT, heard),
        Leg(AURA, Modality.TTS, said),
    )
    rows = {NOVA: {Unit.AUDIO_SECONDS}, FLUX: {Unit.AUDIO_SECONDS}, AURA: {Unit.CHARACTERS}}
    hourly = True

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        usage = folder / "usage.json", list(self.used(calls, width))
        billing = folder / "billing.json", list(self.charged(calls, width))
        days = by_bucket(calls, DAY, lambda _: None)
        span = {"start": f"{min(days):%Y-%m-%d}", "end": f"{max(days) + DAY:%Y-%m-%d}"}
        units = {"units": "day" if width == DAY else "hour", "amount": 1}
        for path, results in (usage, billing):
            path.write_text(json.dumps({**span, "resolution": units, "results": results}))
        return [usage[0], billing[0]]

    def used(self, calls: list[Call], width: timedelta) -> Iterator[dict]:
        """Hours to the sixth decimal, by model and by how it was used."""
        for start, found in by_bucket(
            calls, width, lambda call: (call.model, mode_of(call))
        ).items():
            for (model, mode), some in found.items():
                listens = some[0].modality is Modality.STT
                hours = counted(some, Unit.AUDIO_SECONDS) / 3600 if listens else Decimal(0)
                channels = sum(call.units[Unit.AUDIO_SECONDS] * call.terms.channels
                               for call in some) / 3600 if listens else 0  # fmt: skip
                yield {
                    "hours": float(round(hours, 6)),
                    "total_hours": float(round(channels, 6)),
                    "agent_hours": 0.0,
                    "tokens_in": 0,
                    "tokens_out": 0,
                    "tts_characters": 0 if listens else int(counted(some, Unit.CHARACTERS)),
                    "requests": len(some),
                    "grouping": {
                        **span_of(start, width),
                        **GROUPS,
                        "endpoint": "listen" if listens else "speak",
                        "feature_set": None,
                        "models": [voice_of(model)],
                        "method": mode,
                    },
                }

    def charged(self, calls: list[Call], width: timedelta) -> Iterator[dict]:
        """Dollars to the sixth decimal, without a quantity."""
        for start, found in by_bucket(
            calls, width, lambda call: (mode_of(call), call.model)
        ).items():
            for item, some in found.items():
                yield {
                    "dollars": float(round(billed(some), 6)),
                    "grouping": {
                        **span_of(start, width),
                        **GROUPS,
                        "line_item": "::".join(item),
                    },
                }

    def faults(self) -> list[Fault]:
        return [
            *super().faults(),
            Fault(
                "files booked at the rate of streams",
                NOVA,
                {NOVA: "rate"},
                vendor=changed(NOVA, "streaming", channels=2),
            ),
            Fault(
                "one channel booked of two",
                FLUX,
                {FLUX: "rate"},
                vendor=changed(FLUX, "streaming", channels=2),
                says="the price is exactly twice",
            ),
            Fault(
                "a plan that the config does not name",
                NOVA,
                {NOVA: "rate"},
                vendor=changed(NOVA, "streaming", plan="growth", addons=frozenset()),
            ),
            Fault(
                "the time that streams were open",
                NOVA,
                {NOVA: "units"},
                vendor=lambda call: [open_time(call)],
            ),
        ]


def open_time(call: Call) -> Call:
    return replace(call, units={**call.units, Unit.AUDIO_SECONDS: call.units[Unit.SESSION_SECONDS]})


def mode_of(call: Call) -> str:
    return LISTED[call.terms.mode]


def voice_of(model: str) -> str:
    """The report has the voice, a model string its family."""
    return "aura-2-thalia-en" if model == AURA else model


def span_of(start: datetime, width: timedelta) -> dict[str, str]:
    if width == DAY:
        return {"start": f"{start:%Y-%m-%d}", "end": f"{start + width:%Y-%m-%d}"}
    return {"start": start.isoformat(), "end": (start + width).isoformat()}
