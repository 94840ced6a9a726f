"""From LiveKit's conversation to the request that llama.cpp takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from livekit.agents import llm, utils
from livekit.agents.llm import ToolChoice
from livekit.agents.types import NotGivenOr

from voicegw_local.conversation import messages
from voicegw_local.llamacpp.options import REQUEST_OPTIONS

__all__ = ["PER_CALL", "messages", "request_body", "tool_fields"]

PER_CALL = frozenset(
    {*REQUEST_OPTIONS, "response_format", "json_schema", "grammar", "logit_bias"}
    | {"chat_template_kwargs", "reasoning_format"}
)
"""What `extra_kwargs` of a call may hold."""


def tool_fields(
    tools: Sequence[llm.Tool],
    tool_choice: NotGivenOr[ToolChoice],
    parallel_tool_calls: NotGivenOr[bool],
) -> dict[str, Any]:
    """The part of a request that is about tools; empty if there are none."""
    described = llm.ToolContext(list(tools)).parse_function_tools("openai", strict=False)
    if not described:
        return {}
    fields: dict[str, Any] = {"tools": described}
    if utils.is_given(tool_choice):
        fields["tool_choice"] = tool_choice
    if utils.is_given(parallel_tool_calls):
        fields["parallel_tool_calls"] = parallel_tool_calls
    return fields


def request_body(
    conversation: list[dict[str, Any]], fields: Mapping[str, Any], chosen: Mapping[str, Any]
) -> str:
    """As JSON. Asks for the token counts beside every token and every stretch of the prompt, so
    that they are known whenever the turn is cut off."""
    return json.dumps(
        {
            **chosen,
            **fields,
            "messages": conversation,
            "stream": True,
            "stream_options": {"include_usage": True},
            "timings_per_token": True,
            "return_progress": True,
        }
    )
