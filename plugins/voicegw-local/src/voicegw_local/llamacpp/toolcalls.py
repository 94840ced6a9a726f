"""Put together the tool calls that the engine sends in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from livekit.agents import llm, utils

__all__ = ["ToolCalls"]


@dataclass(slots=True)
class _Call:
    id: str
    name: str = ""
    arguments: str = ""


class ToolCalls:
    """The calls of one answer, by their number in it."""

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}

    def read(self, pieces: Iterable[Mapping[str, Any]]) -> None:
        for piece in pieces:
            number = piece.get("index", 0)
            if number not in self._calls:
                self._calls[number] = _Call(piece.get("id") or utils.shortuuid("call_"))
            function = piece.get("function") or {}
            self._calls[number].name += function.get("name") or ""
            self._calls[number].arguments += function.get("arguments") or ""

    def take(self) -> list[llm.FunctionToolCall]:
        """The whole calls, once."""
        calls = [
            llm.FunctionToolCall(name=call.name, arguments=call.arguments, call_id=call.id)
            for _, call in sorted(self._calls.items())
        ]
        self._calls.clear()
        return calls
