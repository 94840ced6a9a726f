"""OpenAI's usage and cost reports of calls, as the interface answers them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from voicegateway.testing.reconciling.calls import DAY, Call, billed, by_bucket, counted
from voicegateway.types import Modality, Unit

CHAT, CHAT_2 = "gpt-4o-mini", "gpt-5-mini"
SNAPSHOTS = {CHAT: "gpt-4o-mini-2024-07-18", CHAT_2: "gpt-5-mini-2025-08-07"}
"""What answers is a snapshot, and the reports have its name."""
PARTS = {
    Unit.INPUT_TOKENS: "input_tokens",
    Unit.CACHED_INPUT_TOKENS: "cached_input_tokens",
    Unit.INPUT_AUDIO_TOKENS: "audio_input_tokens",
    Unit.OUTPUT_TOKENS: "output_tokens",
}
WHOLE = {Unit.CHARACTERS: "characters", Unit.AUDIO_SECONDS: "duration_seconds"}
SECONDS = Decimal(7)
"""Of a call that our rows have only tokens of."""
PAGE = 7
"""Buckets on a page."""


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
