"""The engine's own count of a turn's tokens, kept as the turn goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livekit.agents import llm

__all__ = ["Tally"]


class Tally:
    """Reads every chunk, those included that come after a turn was cut off."""

    def __init__(self) -> None:
        self._prompt: int | None = None
        self._cached = 0
        self._generated = 0

    def read(self, chunk: Mapping[str, Any]) -> None:
        if progress := chunk.get("prompt_progress"):  # there from before the prompt is computed
            self._prompt, self._cached = progress["total"], progress["cache"]
        elif timings := chunk.get("timings"):
            self._prompt = timings["cache_n"] + timings["prompt_n"]
            self._cached = timings["cache_n"]
        if timings := chunk.get("timings"):
            self._generated = max(self._generated, timings["predicted_n"])
        if usage := chunk.get("usage"):
            self._prompt, self._generated = usage["prompt_tokens"], usage["completion_tokens"]
            self._cached = usage["prompt_tokens_details"]["cached_tokens"]

    def usage(self) -> llm.CompletionUsage | None:
        """What the turn has consumed; None if the engine had not yet counted its prompt."""
        if self._prompt is None:
            return None
        return llm.CompletionUsage(
            prompt_tokens=self._prompt,
            prompt_cached_tokens=self._cached,
            completion_tokens=self._generated,
            total_tokens=self._prompt + self._generated,
        )
