"""How long a prompt is, and how long its answer may be, before it is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from weakref import WeakKeyDictionary

from livekit.agents import llm

from voicegateway.middleware.call import Call

__all__ = ["count_prompt", "output_limit"]

_LIMITS: Final = ("max_completion_tokens", "max_output_tokens", "max_tokens")
_schema_bytes: WeakKeyDictionary[Any, int] = WeakKeyDictionary()


def count_prompt(call: Call, arguments: Mapping[str, Any]) -> None:
    for item in arguments["chat_ctx"].items:
        if item.type == "message":
            text = item.text_content or ""
        elif item.type == "function_call":
            text = f"{item.name}{item.arguments}"
        elif item.type == "function_call_output":
            text = item.output
        else:
            continue
        call.prompt_messages += 1
        call.prompt_chars += len(text)
        call.prompt_bytes += len(text) if text.isascii() else len(text.encode())
    if call.gate is not None:
        call.tool_bytes = sum(_bytes_of(tool) for tool in arguments.get("tools") or ())


def output_limit(target: Any, arguments: Mapping[str, Any]) -> int | None:
    """Tokens that the call, or else the object it is made on, allows an answer. Where plugins keep
    their options is LiveKit's habit and no contract: if it moves, there is no limit to be known."""
    extra = arguments.get("extra_kwargs")
    options = getattr(target, "_opts", None)
    for name in _LIMITS:
        for limit in (
            extra.get(name) if isinstance(extra, Mapping) else None,
            getattr(options, name, None),
        ):
            if isinstance(limit, int) and not isinstance(limit, bool) and limit > 0:
                return limit
    return None


def _bytes_of(tool: Any) -> int:
    """What a tool is described with is part of the prompt."""
    known = _schema_bytes.get(tool)
    if known is None:
        known = _schema_bytes[tool] = len(json.dumps(_schema(tool), default=str).encode())
    return known


def _schema(tool: Any) -> Any:
    if isinstance(tool, llm.RawFunctionTool):
        return tool.info.raw_schema
    if isinstance(tool, llm.FunctionTool):
        arguments = llm.utils.function_arguments_to_pydantic_model(tool).model_json_schema()
        return {**asdict(tool.info), "parameters": arguments}
    return ""  # a tool of the vendor's own, which bills it as it likes
