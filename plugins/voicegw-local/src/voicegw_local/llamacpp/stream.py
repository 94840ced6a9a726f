"""One answer of a local language model, token by token."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from livekit.agents import APIStatusError, APITimeoutError, llm, utils
from livekit.agents.types import APIConnectOptions

from voicegw_local.llamacpp import failures
from voicegw_local.llamacpp.engine import Part
from voicegw_local.llamacpp.requests import messages, request_body
from voicegw_local.llamacpp.tally import Tally
from voicegw_local.llamacpp.toolcalls import ToolCalls

if TYPE_CHECKING:
    from voicegw_local.llamacpp.llm import LlamaLLM

__all__ = ["LlamaStream"]

_STOPPING = 1.0  # seconds: an engine stops at its next token, or its next stretch of the prompt


class LlamaStream(llm.LLMStream):
    """Always ends with the exact usage, also when it is cancelled or fails."""

    def __init__(
        self,
        owner: LlamaLLM,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool],
        conn_options: APIConnectOptions,
        tool_fields: Mapping[str, Any],
        chosen: Mapping[str, Any],
    ) -> None:
        super().__init__(owner, chat_ctx=chat_ctx, tools=tools, conn_options=conn_options)
        self._llama = owner
        self._tool_fields = tool_fields
        self._chosen = chosen
        self._begin()

    def _begin(self) -> None:
        self._parts: asyncio.Queue[Part] = asyncio.Queue()
        self._tally = Tally()
        self._tool_calls = ToolCalls()
        self._id = utils.shortuuid("llama_")
        self._ended = False
        self._output_sent = False

    async def _run(self) -> None:
        self._begin()
        engine = await self._llama.engine()
        if self._tool_fields and not engine.speaks_tools:
            raise APIStatusError(
                f"The model llamacpp/{self._llama.model} was not trained to call tools: its chat "
                "template has no place for them",
                status_code=400,
            )
        body = request_body(messages(self._chat_ctx), self._tool_fields, self._chosen)
        loop, parts = asyncio.get_running_loop(), self._parts

        def sink(part: Part) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody listens
                loop.call_soon_threadsafe(parts.put_nowait, part)

        stop = engine.start(body, sink)
        try:
            while not self._ended:
                self._read(await self._next())
        finally:
            stop()
            try:
                await self._until_stopped()
            finally:
                self._send_usage()

    async def _next(self) -> Part:
        try:
            async with asyncio.timeout(self._conn_options.timeout):
                return await self._parts.get()
        except TimeoutError as error:
            raise APITimeoutError(
                f"llama.cpp said nothing for {self._conn_options.timeout:g} seconds",
                retryable=not self._output_sent,
            ) from error

    def _read(self, part: Part) -> None:
        if part.final:
            self._ended = True
            if part.error is not None:
                raise failures.unfinished(part, output_sent=self._output_sent)
            return
        chunk = self._count(part)
        if error := chunk.get("error"):
            raise failures.refused(error, output_sent=self._output_sent)
        for choice in chunk.get("choices", ()):
            self._say(choice)

    def _count(self, part: Part) -> dict[str, Any]:
        chunk: dict[str, Any] = json.loads(part.chunk or "{}")
        self._id = chunk.get("id", self._id)
        self._tally.read(chunk)
        return chunk

    def _say(self, choice: Mapping[str, Any]) -> None:
        delta = choice.get("delta") or {}
        self._tool_calls.read(delta.get("tool_calls") or ())
        calls = self._tool_calls.take() if choice.get("finish_reason") else []
        text = delta.get("content")
        if not text and not calls:
            return
        self._output_sent = True
        said = llm.ChoiceDelta(role="assistant", content=text, tool_calls=calls)
        self._event_ch.send_nowait(llm.ChatChunk(id=self._id, delta=said))

    async def _until_stopped(self) -> None:
        """Wait for the engine to have stopped, so that the last token is counted as well."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOPPING):
                while not self._ended:
                    part = await self._parts.get()
                    self._ended = part.final
                    self._count(part)

    def _send_usage(self) -> None:
        usage = self._tally.usage()
        if usage is not None:  # unknown is not nothing
            self._event_ch.send_nowait(llm.ChatChunk(id=self._id, usage=usage))
