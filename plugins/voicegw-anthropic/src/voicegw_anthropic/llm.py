"""Claude as LiveKit's own object, with the vendor's counters read beside each answer."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Final

from livekit.agents import APIStatusError, llm
from livekit.plugins import anthropic

from voicegateway.authoring import constructor_options, current_attempt
from voicegateway.pricing import llm_prices
from voicegateway.types import ProviderSettings
from voicegw_anthropic.address import api_root
from voicegw_anthropic.counters import note_event
from voicegw_anthropic.vendor import CLIENT

__all__ = ["AnthropicLLM", "CountingStream", "make_llm"]

_OURS: Final = {
    "model": "it is part of the model string, as in anthropic/claude-haiku-5-5",
    "api_key": "it is an argument of the factory, or a key of the provider in the config",
    "base_url": "it is an argument of the factory, or a key of the provider in the config",
    "user": "Anthropic's API has no such field, and LiveKit's plugin fails on it",
}
_STATUS: Final = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""What the error would have been had it come before the answer began.
Source: https://platform.claude.com/docs/en/api/errors"""


def make_llm(model: str, settings: ProviderSettings, options: Mapping[str, Any]) -> AnthropicLLM:
    """Raises `ValueError` for an option that there is not, or a `caching` that cannot be."""
    given = constructor_options(anthropic.LLM, settings, options, ours=_OURS)
    if given.get("caching", "ephemeral") != "ephemeral":
        raise ValueError("The anthropic option 'caching' is 'ephemeral', or left out.")
    if settings.api_key is not None:
        given["api_key"] = settings.api_key.reveal()
    if settings.base_url is not None:
        given["base_url"] = api_root(settings.base_url)
    llm_prices.prepare()
    return AnthropicLLM(model=model, **given)


class AnthropicLLM(anthropic.LLM):
    """LiveKit's object; only its streams are read along, and its connections closed at the end."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._closes_client = arguments.get("client") is None

    def chat(self, **arguments: Any) -> anthropic.LLMStream:
        stream = super().chat(**arguments)
        if type(stream) is anthropic.LLMStream:  # made in there, so its class is given afterwards
            stream.__class__ = CountingStream
        return stream

    async def aclose(self) -> None:
        await super().aclose()
        client = getattr(self, CLIENT, None)
        if self._closes_client and client is not None:
            await client.close()


class CountingStream(anthropic.LLMStream):
    """Keeps the counters that LiveKit's plugin drops or adds up wrongly."""

    def _parse_event(self, event: Any) -> llm.ChatChunk | None:
        chunk = super()._parse_event(event)
        if chunk is None:
            # A shape that we do not know costs us the count, and nobody the answer.
            with contextlib.suppress(AttributeError, TypeError):
                note_event(current_attempt(), event)
        return chunk

    async def _run(self) -> None:
        try:
            await super()._run()
        except APIStatusError as error:
            status = _status(error)
            current_attempt().note(error_status=status)
            if status == error.status_code:
                raise
            # An `error` event comes with the status of the stream, which is 200.
            raise APIStatusError(
                error.message, status_code=status, request_id=error.request_id, body=error.body
            ) from error


def _status(error: APIStatusError) -> int:
    if error.status_code >= 400:
        return error.status_code
    said = error.body.get("error") if isinstance(error.body, dict) else None
    kind = said.get("type") if isinstance(said, dict) else None
    return _STATUS.get(str(kind), 500)
