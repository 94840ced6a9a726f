"""OpenAI's speech-to-text, on the transcriptions endpoint or as realtime transcription."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from livekit.agents import APIConnectionError, APIStatusError, APITimeoutError
from livekit.plugins import openai

from voicegateway.authoring import declare_terms
from voicegateway.types import ProviderSettings
from voicegw_openai.address import api_url, residency
from voicegw_openai.clients import Client, make_client
from voicegw_openai.options import chosen_options
from voicegw_openai.transcripts import watch_transcripts

__all__ = ["OpenAISTT", "make_stt"]

_ANY_LANGUAGE: Final = {"auto", "multi"}


class OpenAISTT(openai.STT):
    """LiveKit's own, with a client whose usage is noted, and which is closed with it."""

    def __init__(self, client: Client, **options: Any) -> None:
        super().__init__(client=client.sdk, **options)
        self._client_of_ours = client

    async def _connect_ws(self, timeout: float) -> aiohttp.ClientWebSocketResponse:  # noqa: ASYNC109 - LiveKit's
        """LiveKit lets the HTTP client's errors through, upon which nothing is tried again."""
        try:
            socket = await super()._connect_ws(timeout)
        except aiohttp.WSServerHandshakeError as error:
            raise APIStatusError(
                "OpenAI refused the realtime connection", status_code=error.status
            ) from None
        except TimeoutError:
            raise APITimeoutError from None
        except (aiohttp.ClientError, OSError) as error:
            raise APIConnectionError from error
        return watch_transcripts(socket)

    async def aclose(self) -> None:
        await super().aclose()
        await self._client_of_ours.aclose()


def make_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> OpenAISTT:
    """`language` `auto` lets the model detect it; None leaves it to LiveKit, which says English.
    Raises `ValueError` for options and addresses that cannot be."""
    url = api_url(settings)
    given = chosen_options(openai.STT, settings, options, language="it is language= of the factory")
    client = make_client(settings, url, given=given.pop("client", None))
    made = OpenAISTT(client, model=model, **_language(language), **given)
    declare_terms(
        made,
        mode="realtime" if made.capabilities.streaming else None,
        addons=residency(url),
    )
    return made


def _language(language: str | None) -> dict[str, Any]:
    if isinstance(language, str) and language in _ANY_LANGUAGE:  # LiveKit also takes a list
        return {"detect_language": True}
    return {} if language is None else {"language": language}
