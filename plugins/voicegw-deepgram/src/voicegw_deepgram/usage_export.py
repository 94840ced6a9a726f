"""Deepgram's breakdowns, as the interface answers them: `GET
/v1/projects/{id}/usage/breakdown` and `/v1/projects/{id}/billing/breakdown`.

Fields: the types of deepgram-sdk 7.17. Days are UTC, and the end of a group is no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

from voicegateway.authoring import Bucket, ExportRecord, read_records, usage_line
from voicegateway.authoring.exports import Source, shown
from voicegateway.types import Modality, Unit, UsageLine

__all__ = ["read_export"]

_HOUR: Final = Decimal(3600)
_COUNTERS: Final = {"hours", "total_hours", "agent_hours", "tokens_in", "tokens_out"}
_SPAN: Final = {"start", "end"}
_SHARED_GROUPS: Final = {"accessor", "deployment", "tags"}
_LENGTHS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_VOICE: Final = re.compile(r"(?P<family>aura-2|aura|flux)-(?!general)[a-z]+-[a-z]{2}")
_ALIASES: Final = {
    "aura-1": "aura",
    "flux-tts": "flux",
    "nova-2-general": "nova-2",
    "nova-3-general": "nova-3",
    "nova-3-multilingual": "nova-3",
}
"""Names of a report or of the price page, and what a model string mostly has."""
_COST_OF: Final = {Modality.STT: Unit.AUDIO_SECONDS, Modality.TTS: Unit.CHARACTERS}
_MOST: Final = 366
"""Lengths that a group may have: of days a year."""


def read_export(source: Source) -> Iterator[UsageLine]:
    for document in read_records(source):
        document.expect({"start", "end", "resolution", "results"})
        for result in document.records("results"):
            if "dollars" in result.fields:
                yield _billed(document, result)
            else:
                yield _used(document, result)


def _used(document: ExportRecord, result: ExportRecord) -> UsageLine:
    """`hours` are of the audio; `total_hours` count each channel, as Deepgram bills it, and stay in
    `raw` with the hours of agents and the tokens, which no row here has."""
    result.expect({"hours", "tts_characters", "requests", "grouping"}, _COUNTERS)
    grouping = _grouping(result, {"endpoint", "feature_set", "models", "method"})
    endpoint, model = grouping.word("endpoint"), _model(grouping)
    modality = {"listen": Modality.STT, "speak": Modality.TTS}.get(endpoint or "")
    return usage_line(
        result,
        _bucket(document, grouping, "usage"),
        model=model,
        ledger_model=_ledger_model(model),
        modality=modality or _modality_of(model),
        units={
            Unit.AUDIO_SECONDS: result.count("hours") * _HOUR,
            Unit.CHARACTERS: result.number("tts_characters"),
        },
    )


def _billed(document: ExportRecord, result: ExportRecord) -> UsageLine:
    """A line item is how it was used and the model, `streaming::nova-3`. It has no quantity."""
    result.expect({"dollars", "grouping"})
    grouping = _grouping(result, {"line_item"})
    model = (grouping.word("line_item") or "").rpartition("::")[2] or None
    modality = _modality_of(model)
    return usage_line(
        result,
        _bucket(document, grouping, "billing"),
        model=model,
        ledger_model=_ledger_model(model),
        modality=modality,
        units={},
        cost_usd=result.number("dollars", below_zero=True),
        cost_of=_COST_OF.get(modality) if modality else None,
    )


def _grouping(result: ExportRecord, names: set[str]) -> ExportRecord:
    grouping = result.record("grouping")
    if grouping is None:
        raise result.error("lacks its grouping")
    grouping.expect((), names | _SPAN | _SHARED_GROUPS)
    return grouping


def _model(grouping: ExportRecord) -> str | None:
    """None where the report is not grouped by models. A request of several is one group."""
    models = grouping.items("models") if grouping.fields.get("models") is not None else []
    named = [ExportRecord({"models": one}, grouping.file, grouping.place) for one in models]
    found = [name for one in named if (name := one.word("models")) is not None]
    return "+".join(found) or None


def _modality_of(model: str | None) -> Modality | None:
    if model is None:
        return None
    voice = model.startswith(("aura", "flux-tts")) or model == "flux" or _VOICE.fullmatch(model)
    return Modality.TTS if voice else Modality.STT


def _ledger_model(model: str | None) -> str | None:
    """A model string has the family, with its voice behind a colon."""
    voice = _VOICE.fullmatch(model or "")
    return voice["family"] if voice else _ALIASES.get(model or "", model)


def _bucket(document: ExportRecord, grouping: ExportRecord, report: str) -> Bucket:
    """The group's own time, else that of the whole report."""
    spanning = grouping if grouping.word("start") else document
    start = spanning.iso_time("start")
    end = spanning.iso_time("end") if spanning.word("end") else start
    return Bucket(start, end if end > start else start + _resolution(document), report)


def _resolution(document: ExportRecord) -> timedelta:
    """How long a group is that has no end, or names its last day as its end."""
    resolution = document.record("resolution")
    if resolution is None:
        return _LENGTHS["day"]
    resolution.expect({"units", "amount"})
    unit, amount = resolution.word("units") or "", resolution.count("amount")
    length = _LENGTHS.get(unit.removesuffix("s"))
    if length is None or not 0 < amount <= _MOST:
        raise resolution.error(f"{amount} {shown(unit)} is no length of a group that is known")
    return length * int(amount)
