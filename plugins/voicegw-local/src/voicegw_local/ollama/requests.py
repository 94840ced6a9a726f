"""From LiveKit's conversation to the request that Ollama takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from livekit.agents import APIStatusError, llm
from livekit.agents.llm import ToolChoice

from voicegw_local.conversation import messages
from voicegw_local.ollama.options import OllamaOptions

__all__ = ["described_tools", "ollama_messages", "request_fields"]


def request_fields(options: OllamaOptions, extra: Mapping[str, Any]) -> dict[str, Any]:
    """All of a request but model, messages and tools. Raises `ValueError` for what `extra` may not
    hold."""
    changes = {name: value for name, value in extra.items() if name != "format"}
    chosen = options.changed(changes)
    fields = {"options": chosen.request(), "keep_alive": chosen.keep_alive}
    if chosen.think is not None:
        fields["think"] = chosen.think
    if "format" in extra:
        if extra["format"] != "json" and not isinstance(extra["format"], dict):
            raise ValueError("The ollama option 'format' must be json or a JSON schema.")
        fields["format"] = extra["format"]
    return fields


def described_tools(tools: Sequence[llm.Tool], tool_choice: ToolChoice) -> dict[str, Any]:
    """The part of a request that is about tools; empty if there are none. Raises `ValueError` for
    a choice that Ollama cannot be told: it always leaves it to the model."""
    if tool_choice == "none":
        return {}
    if tool_choice != "auto":
        raise ValueError(
            "Ollama leaves it to the model whether to call a tool: tool_choice is auto or none."
        )
    described = llm.ToolContext(list(tools)).parse_function_tools("openai", strict=False)
    told = [{**tool, "function": _function(tool["function"])} for tool in described]
    return {"tools": told} if told else {}


def ollama_messages(chat_ctx: llm.ChatContext) -> list[dict[str, Any]]:
    """Raises `APIStatusError` for an image that is an address."""
    names: dict[str, str] = {}
    converted = []
    for message in messages(chat_ctx):
        calls = message.get("tool_calls", ())
        names.update({call["id"]: call["function"]["name"] for call in calls})
        converted.append(_message(message, names))
    return converted


def _message(message: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    text, images = _content(message.get("content") or "")
    converted: dict[str, Any] = {"role": message["role"], "content": text}
    if images:
        converted["images"] = images
    if calls := message.get("tool_calls"):
        converted["tool_calls"] = [_call(call) for call in calls]
    if call_id := message.get("tool_call_id"):
        converted["tool_name"] = names.get(call_id, "")
        converted["tool_call_id"] = call_id
    return converted


def _content(content: str | list[dict[str, Any]]) -> tuple[str, list[str]]:
    if isinstance(content, str):
        return content, []
    text = "".join(part["text"] for part in content if part["type"] == "text")
    addresses = [part["image_url"]["url"] for part in content if part["type"] == "image_url"]
    if not all(address.startswith("data:") for address in addresses):
        raise APIStatusError(
            "Ollama fetches no images: put the image itself into the conversation, not its address",
            status_code=400,
        )
    return text, [address.split(",", 1)[1] for address in addresses]


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """Ollama takes arguments as an object."""
    function = call["function"]
    try:
        arguments = json.loads(function["arguments"] or "{}")
    except ValueError:
        arguments = function["arguments"]
    if not isinstance(arguments, dict):  # what another model wrote, and was no object
        arguments = {"arguments": arguments}
    return {"id": call["id"], "function": {"name": function["name"], "arguments": arguments}}


def _function(function: Mapping[str, Any]) -> dict[str, Any]:
    parameters = dict(function.get("parameters") or {"type": "object", "properties": {}})
    definitions = parameters.pop("$defs", {})
    return {**function, "parameters": _inlined(parameters, definitions, ())}


def _inlined(schema: Any, definitions: Mapping[str, Any], within: tuple[str, ...]) -> Any:
    """The schema with its `$ref`s followed: Ollama passes on no definitions. One that leads back
    into itself becomes an object of any kind."""
    if isinstance(schema, list):
        return [_inlined(item, definitions, within) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name in within:
        return {"type": "object"}
    if name in definitions:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return _inlined({**definitions[name], **rest}, definitions, (*within, name))
    return {key: _inlined(value, definitions, within) for key, value in schema.items()}
