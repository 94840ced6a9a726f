"""Ollama as a native LiveKit LLM."""

from __future__ import annotations

import asyncio
import logging
import weakref
from typing import Any

from livekit.agents import APIError, llm, utils
from livekit.agents.llm import ToolChoice
from livekit.agents.types import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    APIConnectOptions,
    NotGivenOr,
)

from voicegw_local.ollama.options import OllamaOptions
from voicegw_local.ollama.requests import described_tools, request_fields
from voicegw_local.ollama.server import OllamaServer
from voicegw_local.ollama.stream import OllamaStream

__all__ = ["OllamaLLM"]

logger = logging.getLogger("voicegw_local.ollama")


class OllamaLLM(llm.LLM[Any]):
    """`prewarm` has the model loaded; without it, the first turn waits for that. A turn that is
    cut off meanwhile does not stop the loading."""

    def __init__(self, model: str, options: OllamaOptions, server: OllamaServer) -> None:
        super().__init__()
        self._model = model
        self._options = options
        self._server = server
        self._loading: asyncio.Task[None] | None = None
        self._warned = False
        self._streams: weakref.WeakSet[OllamaStream] = weakref.WeakSet()

    @property
    def model(self) -> str:
        return self._model

    @property
    def provider(self) -> str:
        return "ollama"

    @property
    def server(self) -> OllamaServer:
        return self._server

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> OllamaStream:
        """`extra_kwargs` may hold any option of an answer (`temperature`, `num_predict`, ...),
        `think`, and `format`, which is `json` or a JSON schema. Raises `ValueError` for others,
        and for a `tool_choice` that Ollama cannot be told."""
        choice = tool_choice if utils.is_given(tool_choice) else "auto"
        extra = dict(extra_kwargs) if utils.is_given(extra_kwargs) else {}
        stream = OllamaStream(
            self,
            chat_ctx=chat_ctx,
            tools=tools or [],
            conn_options=conn_options,
            fields={
                "model": self._model,
                **described_tools(tools or [], choice),
                **request_fields(self._options, extra),
            },
            one_call=utils.is_given(parallel_tool_calls) and not parallel_tool_calls,
        )
        self._streams.add(stream)
        return stream

    async def loaded(self, connect: float) -> None:
        """Return when the model is loaded. Raises LiveKit's `APIError`s; `connect` is in seconds.

        Ollama stops loading when the request for it is given up, so that request is nobody's
        turn: whoever waits may be cancelled."""
        if self._loading is None or _failed(self._loading):
            self._loading = asyncio.create_task(self._load(connect))
            self._loading.add_done_callback(_failed)  # for a failure that nobody waits for
        await asyncio.shield(self._loading)

    def forget_loaded(self) -> None:
        """The server may have dropped the model: ask it to load it before the next turn."""
        if self._loading is not None and self._loading.done():
            self._loading = None

    def watch_length(self, tokens: int) -> None:
        """Say once if a conversation has reached what the model can see at a time."""
        if tokens >= self._options.num_ctx and not self._warned:
            self._warned = True
            logger.warning(
                "a conversation with ollama/%s has filled num_ctx=%d: from here on Ollama drops "
                "its beginning",
                self._model,
                self._options.num_ctx,
            )

    async def aclose(self) -> None:
        """End the running answers. The model stays loaded for `keep_alive`."""
        await super().aclose()
        await asyncio.gather(*(stream.aclose() for stream in list(self._streams)))
        if self._loading is not None:
            await utils.aio.cancel_and_wait(self._loading)

    async def _prewarm_impl(self) -> None:
        try:
            await self.loaded(DEFAULT_API_CONNECT_OPTIONS.timeout)
        except APIError as error:  # LiveKit would say nothing, and the first turn will fail
            logger.warning("ollama/%s cannot be used yet: %s", self._model, error.message)

    async def _load(self, connect: float) -> None:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [],  # load only
            "options": self._options.request(),
            "keep_alive": self._options.keep_alive,
            "stream": False,
        }
        await self._server.load(body, seconds=self._options.load_timeout, connect=connect)


def _failed(loading: asyncio.Task[None]) -> bool:
    return loading.done() and (loading.cancelled() or loading.exception() is not None)
