"""A month of OpenAI's usage and cost reports beside the ledger of the same calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import voicegw_openai
from voicegateway.testing import ReconcileConformance
from voicegateway.testing.reconciling.calls import DAY, Call, Leg, billed, by_bucket, counted
from voicegateway.testing.reconciling.faults import Fault
from voicegateway.types import Modality, Unit, Usage

CHAT, CHAT_2, SPEECH, HEARD, TRANSCRIBED = (
    "gpt-4o-mini", "gpt-5-mini", "tts-1", "whisper-1", "gpt-4o-transcribe",
)  # fmt: skip
SNAPSHOTS = {CHAT: "gpt-4o-mini-2024-07-18", CHAT_2: "gpt-5-mini-2025-08-07"}
"""What answers is a snapshot, and the reports have its name."""
PARTS = {
    Unit.INPUT_TOKENS: "input_tokens",
    Unit.CACHED_INPUT_TOKENS: "cached_input_tokens",
    Unit.INPUT_AUDIO_TOKENS: "audio_input_tokens",
    Unit.OUTPUT_TOKENS: "output_tokens",
}
WHOLE = {Unit.CHARACTERS: "characters", Unit.AUDIO_SECONDS: "duration_seconds"}
CHAT_UNITS = {Unit.INPUT_TOKENS, Unit.CACHED_INPUT_TOKENS, Unit.OUTPUT_TOKENS}
SECONDS = Decimal(7)
"""Of a call that our rows have only tokens of."""
PAGE = 7
"""Buckets on a page."""


def spoken(chance):
    """A turn of a conversation: the longer it lasts, the more of it is cached."""
    cached = chance.choice([0, 1024, 1152, 2048])
    return {
        Unit.INPUT_TOKENS: Decimal(chance.randrange(80, 900)),
        Unit.CACHED_INPUT_TOKENS: Decimal(cached),
        Unit.OUTPUT_TOKENS: Decimal(chance.randrange(8, 180)),
    }


def said(chance):
    return {Unit.CHARACTERS: Decimal(chance.randrange(15, 400))}


def heard(chance):
    return {Unit.AUDIO_SECONDS: Decimal(chance.randrange(8_000, 140_000)) / 1000}


def transcribed(chance):
    """Billed by tokens."""
    seconds = Decimal(chance.randrange(800, 14_000)) / 1000
    return {
        Unit.INPUT_AUDIO_TOKENS: Decimal(int(seconds * 10)),
        Unit.OUTPUT_TOKENS: Decimal(chance.randrange(4, 60)),
    }


class Reports:
    """As the interface answers them, a page a file."""

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        files = []
        for report, modality, result in (
            ("completions", Modality.LLM, self.completion),
            ("audio_speeches", Modality.TTS, self.speech),
            ("audio_transcriptions", Modality.STT, self.transcription),
        ):
            mine = [call for call in calls if call.modality is modality]
            pages = self.pages(mine, width, lambda call: (call.model,), result)
            files += written(folder / report, pages)
        return files + self.charges(calls, folder, width)

    def charges(self, calls: list[Call], folder: Path, width: timedelta) -> list[Path]:
        """Days alone: OpenAI has no costs of an hour."""
        if width != DAY:
            return []
        pages = self.pages(calls, DAY, lambda call: (call.model,), self.cost_items)
        return together(folder / "costs", pages) if pages else []

    def pages(
        self,
        calls: list[Call],
        width: timedelta,
        key: Callable[[Call], tuple[str, ...]],
        results: Callable[[str, list[Call]], list[dict]],
    ) -> list[dict]:
        buckets = [
            {
                "object": "bucket",
                "start_time": int(start.timestamp()),
                "end_time": int((start + width).timestamp()),
                "results": [
                    one for (model,), some in found.items() for one in results(model, some)
                ],
            }
            for start, found in by_bucket(calls, width, key).items()
        ]
        on_pages = [buckets[at : at + PAGE] for at in range(0, len(buckets), PAGE)]
        return [
            {
                "object": "page",
                "data": data,
                "has_more": number < len(on_pages),
                "next_page": f"page_{number + 1}" if number < len(on_pages) else None,
            }
            for number, data in enumerate(on_pages, 1)
        ]

    def completion(self, model: str, calls: list[Call]) -> list[dict]:
        cached = whole(counted(calls, Unit.CACHED_INPUT_TOKENS))
        return [
            {
                "object": "organization.usage.completions.result",
                "input_tokens": whole(counted(calls, Unit.INPUT_TOKENS)) + cached,
                "input_cached_tokens": cached,
                "input_audio_tokens": 0,
                "output_tokens": whole(counted(calls, Unit.OUTPUT_TOKENS)),
                "output_audio_tokens": 0,
                "num_model_requests": len(calls),
                **group(model),
                "batch": None,
                "service_tier": None,
            }
        ]

    def speech(self, model: str, calls: list[Call]) -> list[dict]:
        return [
            {
                "object": "organization.usage.audio_speeches.result",
                "characters": whole(counted(calls, Unit.CHARACTERS)),
                "num_model_requests": len(calls),
                **group(model),
            }
        ]

    def transcription(self, model: str, calls: list[Call]) -> list[dict]:
        """Whole seconds of a bucket, also of a model that is billed by tokens."""
        return [
            {
                "object": "organization.usage.audio_transcriptions.result",
                "seconds": whole(counted(calls, Unit.AUDIO_SECONDS) or len(calls) * SECONDS),
                "num_model_requests": len(calls),
                **group(model),
            }
        ]

    def cost_items(self, model: str, calls: list[Call]) -> list[dict]:
        return [
            {
                "object": "organization.costs.result",
                "amount": {"value": float(round(billed(calls, unit), 10)), "currency": "usd"},
                "line_item": ", ".join(
                    filter(None, (SNAPSHOTS.get(model, model), PARTS.get(unit)))
                ),
                "project_id": None,
                "quantity": float(counted(calls, unit)),
                "quantity_unit": WHOLE.get(unit, "tokens"),
            }
            for unit in (*PARTS, *WHOLE)
            if counted(calls, unit)
        ]


def group(model: str) -> dict:
    named = SNAPSHOTS.get(model, model)
    return {"model": named, "project_id": None, "user_id": None, "api_key_id": None}


def whole(amount: Decimal) -> int:
    return round(amount)


def written(stem: Path, pages: list[dict]) -> list[Path]:
    """A page a file."""
    files = []
    for number, page in enumerate(pages, 1):
        files.append(stem.with_name(f"{stem.name}-{number}.json"))
        files[-1].write_text(json.dumps(page))
    return files


def together(stem: Path, pages: list[dict]) -> list[Path]:
    """All pages in one file, one behind the other."""
    file = stem.with_name(f"{stem.name}.json")
    file.write_text("\n".join(map(json.dumps, pages)))
    return [file]


class TestOpenAIAgrees(Reports, ReconcileConformance):
    provider, plugin = "openai", voicegw_openai
    legs = (
        Leg(CHAT, Modality.LLM, spoken),
        Leg(CHAT_2, Modality.LLM, spoken),
        Leg(SPEECH, Modality.TTS, said),
        Leg(HEARD, Modality.STT, heard),
    )
    rows = {
        CHAT: CHAT_UNITS,
        CHAT_2: CHAT_UNITS,
        SPEECH: {Unit.CHARACTERS},
        HEARD: {Unit.AUDIO_SECONDS},
    }
    hourly = True

    def faults(self) -> list[Fault]:
        return [*super().faults(), *TOKENS]


def cached_twice(call: Call) -> list[Call]:
    """The counter of the vendor's answer, in which the cached tokens are, taken as it is."""
    units = dict(call.units)
    units[Unit.INPUT_TOKENS] += units[Unit.CACHED_INPUT_TOKENS]
    return [booked(call, units)]


def without_cache(call: Call) -> list[Call]:
    """The cached tokens of every other call booked as uncached ones."""
    if call.number % 2:
        return [call]
    units = {**call.units, Unit.CACHED_INPUT_TOKENS: Decimal(0)}
    units[Unit.INPUT_TOKENS] += call.units[Unit.CACHED_INPUT_TOKENS]
    return [booked(call, units)]


def cut_off(call: Call) -> list[Call]:
    """Turns that were interrupted have no usage, and were booked as nothing."""
    nothing = dict.fromkeys(call.units, Decimal(0))
    return [booked(call, nothing)] if call.number % 5 == 0 else [call]


def booked(call: Call, units: dict[Unit, Decimal]) -> Call:
    """With other units, at their price."""
    quote = voicegw_openai.price_usage(call.model, call.modality, Usage(units), call.terms)
    return replace(call, units=units, quote=quote)


TOKENS = [
    Fault(
        "cache counted twice",
        CHAT,
        {CHAT: "units"},
        ledger=cached_twice,
        units=frozenset({Unit.INPUT_TOKENS}),
        says="cache counted twice",
    ),
    Fault(
        "cache booked as input",
        CHAT,
        {CHAT: "units"},
        ledger=without_cache,
        units=frozenset({Unit.INPUT_TOKENS, Unit.CACHED_INPUT_TOKENS}),
    ),
    Fault("interrupted turns booked as nothing", CHAT, {CHAT: "units"}, ledger=cut_off),
    Fault(
        "data residency, which costs a tenth more",
        CHAT_2,
        {CHAT_2: "rate"},
        vendor=lambda call: [call.costing(Decimal("1.1"))],
    ),
]


class TestOpenAITokensOfSpeech(Reports, ReconcileConformance):
    """The usage report counts seconds, the bill tokens."""

    provider, plugin = "openai", voicegw_openai
    legs = (Leg(TRANSCRIBED, Modality.STT, transcribed), Leg(SPEECH, Modality.TTS, said))
    only_counted = frozenset({Unit.AUDIO_SECONDS})
    rows = {
        TRANSCRIBED: {Unit.AUDIO_SECONDS, Unit.INPUT_AUDIO_TOKENS, Unit.OUTPUT_TOKENS},
        SPEECH: {Unit.CHARACTERS},
    }

    def faults(self) -> list[Fault]:
        return [fault for fault in super().faults() if fault.model == TRANSCRIBED]
