"""llama.cpp as a native LiveKit LLM."""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING, Any

from livekit.agents import APIConnectionError, llm, utils
from livekit.agents.llm import ToolChoice
from livekit.agents.types import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    APIConnectOptions,
    NotGivenOr,
)

from voicegateway.errors import VoiceGatewayError
from voicegw_local.llamacpp import failures
from voicegw_local.llamacpp.options import LlamaOptions
from voicegw_local.llamacpp.requests import PER_CALL, tool_fields
from voicegw_local.llamacpp.stream import LlamaStream
from voicegw_local.options import refuse_unknown

if TYPE_CHECKING:
    from voicegw_local.llamacpp.engine import Engine
    from voicegw_local.sharing import Lease

__all__ = ["LlamaLLM"]


class LlamaLLM(llm.LLM[Any]):
    """`prewarm` loads the model; without it, the first turn waits for that, and the event loop
    does not. Objects with equal settings share one loaded model."""

    def __init__(self, model: str, options: LlamaOptions, lease: Lease[Engine]) -> None:
        super().__init__()
        self._model = model
        self._options = options
        self._lease = lease
        self._streams: weakref.WeakSet[LlamaStream] = weakref.WeakSet()

    @property
    def model(self) -> str:
        return self._model

    @property
    def provider(self) -> str:
        return "llamacpp"

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> LlamaStream:
        """`extra_kwargs` may hold any option of a request (`max_tokens`, `temperature`, ...) and
        `response_format`, `grammar` and the like. Raises `ValueError` for others."""
        extra = dict(extra_kwargs) if utils.is_given(extra_kwargs) else {}
        refuse_unknown("llamacpp", extra, PER_CALL)
        stream = LlamaStream(
            self,
            chat_ctx=chat_ctx,
            tools=tools or [],
            conn_options=conn_options,
            tool_fields=tool_fields(tools or [], tool_choice, parallel_tool_calls),
            chosen={**self._options.request(), **extra},
        )
        self._streams.add(stream)
        return stream

    async def engine(self) -> Engine:
        """The loaded model. Raises `EngineMissingError`, or `APIConnectionError` if it cannot be
        loaded."""
        try:
            return await self._lease.get()
        except (VoiceGatewayError, APIConnectionError):
            raise
        except Exception as error:
            raise failures.failed_to_load(error) from error

    async def aclose(self) -> None:
        """End the running answers and free the model, unless another object uses it too."""
        await super().aclose()
        await asyncio.gather(*(stream.aclose() for stream in list(self._streams)))
        await asyncio.to_thread(self._lease.release)

    async def _prewarm_impl(self) -> None:
        await self.engine()
