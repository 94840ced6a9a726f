"""Stand-ins for the SDK's client that read its answers along."""

from __future__ import annotations

import contextlib
from typing import Any, Self

import openai
from openai.types.audio import Transcription

from voicegateway.authoring import AttemptCounters, current_attempt
from voicegw_groq.counters import note_chunk, note_transcription

__all__ = ["CountingClient", "ListeningClient"]

_ODD_SHAPES = (AttributeError, TypeError)
"""An answer that we do not know costs us the count, and nobody the answer."""


class _StandIn:
    """All that it does not have itself is the client's."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


class CountingClient(_StandIn):
    """For one stream of a language model: `chat.completions.create`."""

    @property
    def chat(self) -> Self:
        return self

    @property
    def completions(self) -> Self:
        return self

    async def create(self, **request: Any) -> CountedStream:
        counters = current_attempt()
        try:
            return CountedStream(await self.client.chat.completions.create(**request), counters)
        except openai.APIStatusError as error:
            counters.note(error_status=error.status_code)
            raise


class CountedStream(_StandIn):
    """The SDK's stream of chunks."""

    def __init__(self, stream: Any, counters: AttemptCounters) -> None:
        super().__init__(stream)
        self._counters = counters

    async def __aenter__(self) -> Self:
        await self.client.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.client.__aexit__(*error)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        chunk = await self.client.__anext__()
        try:  # noqa: SIM105 - for every chunk, and `suppress` costs as much as the rest
            note_chunk(self._counters, chunk)
        except _ODD_SHAPES:
            pass
        return chunk


class ListeningClient(_StandIn):
    """For speech-to-text: `audio.transcriptions.create`."""

    def __init__(self, client: Any, *, ask_duration: bool) -> None:
        super().__init__(client)
        self._ask_duration = ask_duration

    @property
    def audio(self) -> Self:
        return self

    @property
    def transcriptions(self) -> Self:
        return self

    async def create(self, **request: Any) -> Any:
        """Groq says how much it heard in the long form of its answer alone. The caller is given
        the short one, which is what it asked for."""
        counters = current_attempt()
        lengthened = self._ask_duration and request.get("response_format") == "json"
        if lengthened:
            request["response_format"] = "verbose_json"
        try:
            answer = await self.client.audio.transcriptions.create(**request)
        except openai.APIStatusError as error:
            counters.note(error_status=error.status_code)
            raise
        with contextlib.suppress(*_ODD_SHAPES):
            note_transcription(counters, answer)
        return Transcription(text=answer.text) if lengthened else answer
