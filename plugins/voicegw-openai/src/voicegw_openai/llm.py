"""OpenAI's language models, through chat completions or the Responses API."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from livekit.plugins import openai

from voicegateway.authoring import current_attempt, declare_terms
from voicegateway.types import ProviderSettings
from voicegw_openai.address import api_url, residency, responses_socket_url
from voicegw_openai.clients import Client, make_client
from voicegw_openai.counters import note_response_event
from voicegw_openai.livekit_names import shadow_generate
from voicegw_openai.options import chosen_api, chosen_options

__all__ = ["OpenAILLM", "OpenAIResponsesLLM", "make_llm"]


class OpenAILLM(openai.LLM):
    """LiveKit's own, with a client whose usage is noted, and which is closed with it."""

    def __init__(self, client: Client, **options: Any) -> None:
        super().__init__(client=client.sdk, **options)
        self._client_of_ours = client

    async def aclose(self) -> None:
        await super().aclose()
        await self._client_of_ours.aclose()


class OpenAIResponsesLLM(openai.responses.LLM):
    """LiveKit's own, over HTTP with a client as above, or over WebSocket without one."""

    def __init__(self, client: Client | None, **options: Any) -> None:
        super().__init__(client=client.sdk if client else None, **options)
        self._client_of_ours = client
        if client is None:
            shadow_generate(self, _watched_events)

    async def aclose(self) -> None:
        await super().aclose()
        if self._client_of_ours is not None:
            await self._client_of_ours.aclose()


def make_llm(
    model: str, settings: ProviderSettings, options: Mapping[str, Any]
) -> OpenAILLM | OpenAIResponsesLLM:
    """Raises `ValueError` for options and addresses that cannot be."""
    from voicegateway.pricing.llm_prices import prepare  # 0.8 s, once a process

    prepare()
    url = api_url(settings)
    make = _responses if chosen_api(settings, options) == "responses" else _chat
    made = make(model, url, settings, options)
    tier = options.get("service_tier", settings.extra.get("service_tier"))
    declare_terms(
        made,
        addons=residency(url),
        service_tier=tier if isinstance(tier, str) and tier != "auto" else None,
    )
    return made


def _chat(
    model: str, url: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> OpenAILLM:
    given = chosen_options(openai.LLM, settings, options)
    client = make_client(
        settings,
        url,
        given=given.pop("client", None),
        timeout=given.pop("timeout", None),
        max_retries=given.pop("max_retries", 0),
    )
    return OpenAILLM(client, model=model, **given)


def _responses(
    model: str, url: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> OpenAIResponsesLLM:
    given = chosen_options(openai.responses.LLM, settings, options)
    own = given.pop("client", None)
    if own is None and given.get("use_websocket", True):
        return _over_socket(model, url, settings, given)
    client = make_client(settings, url, given=own, timeout=given.pop("timeout", None))
    return OpenAIResponsesLLM(client, model=model, **{**given, "use_websocket": False})


def _over_socket(
    model: str, url: str | None, settings: ProviderSettings, given: Mapping[str, Any]
) -> OpenAIResponsesLLM:
    address = responses_socket_url(url)
    if address is not None:
        given = {**given, "base_url": address}
    key = settings.api_key.reveal() if settings.api_key else ""
    return OpenAIResponsesLLM(None, model=model, api_key=key, **given)


def _watched_events(generate: Callable[..., Any]) -> Callable[..., Any]:
    async def watched(*arguments: Any, **keywords: Any) -> AsyncIterator[Any]:
        attempt = current_attempt()
        async with contextlib.aclosing(generate(*arguments, **keywords)) as events:
            async for event in events:
                note_response_event(attempt, event)
                yield event

    return watched
