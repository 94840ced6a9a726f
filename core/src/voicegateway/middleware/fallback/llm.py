"""Fallback among language models.

Useful output is text or a tool call. What comes before it is held back, so that a model which
fails without any leaves no trace in the answer; once some was passed on, another model does not
silently begin anew.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

from livekit.agents import APIConnectionError, APIConnectOptions, APIError, llm
from livekit.agents.llm.fallback_adapter import (
    DEFAULT_FALLBACK_API_CONNECT_OPTIONS,
    AvailabilityChangedEvent,
    FallbackLLMStream,
)
from opentelemetry import trace

from voicegateway.middleware.fallback.adapter import ChainedAdapter
from voicegateway.middleware.fallback.chain import Chain, Turn
from voicegateway.middleware.fallback.deadline import Deadline
from voicegateway.middleware.fallback.failures import Failure
from voicegateway.middleware.fallback.recovery import Cooldown, Trial
from voicegateway.middleware.fallback.served import mark_served

__all__ = ["LLMFallback"]


class LLMFallback(ChainedAdapter, llm.FallbackAdapter):
    """Asks the first of several language models that is well, then the next.

    A model has `attempt_timeout` seconds for its first text or tool call, and `stall_timeout`
    from each to the next (a long one, as a tool call's arguments come in one piece). With
    `retry_on_chunk_sent` another model answers anew even where some text was passed on already.
    With `probe`, a model that has cooled down is not tried by a real request, but by a copy of
    one, whose answer is thrown away and paid for. Closing the adapter closes its models.
    """

    changed = ("llm_availability_changed", AvailabilityChangedEvent)

    def __init__(
        self,
        llm: list[llm.LLM[Any]],
        *,
        attempt_timeout: float = 5.0,
        stall_timeout: float = 20.0,
        retry_on_chunk_sent: bool = False,
        probe: bool = False,
        cooldown: Cooldown | None = None,
    ) -> None:
        super().__init__(
            llm, attempt_timeout=attempt_timeout, retry_on_chunk_sent=retry_on_chunk_sent
        )
        self.attempt_timeout = attempt_timeout
        self.stall_timeout = stall_timeout
        self.retry_on_chunk_sent = retry_on_chunk_sent
        self.chain = Chain(
            "LLM", llm, llm, cooldown or Cooldown(), self.availability, probing=probe
        )

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_FALLBACK_API_CONNECT_OPTIONS,
        **keywords: Any,
    ) -> llm.LLMStream:
        return _Stream(
            self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options, **keywords
        )


class _Stream(FallbackLLMStream):
    def __init__(self, adapter: LLMFallback, **arguments: Any) -> None:
        super().__init__(adapter, **arguments)
        self._adapter = adapter
        self._asked_under = trace.get_current_span()
        self._passed_on = False

    async def _run(self) -> None:
        await self._adapter.chain.ask(self._attempt, self._no_return)
        self._adapter.chain.probe(self._probe)

    def _no_return(self, error: Exception) -> Exception | None:
        if not self._passed_on or self._adapter.retry_on_chunk_sent:
            return None
        if isinstance(error, APIError):
            error.retryable = False
        return error

    def _try_recovery(self, llm: llm.LLM[Any]) -> None:
        """LiveKit's own, a hidden request that is paid for: see `LLMFallback.probe`."""

    async def _attempt(self, turn: Turn) -> None:
        adapter = self._adapter
        held_back: list[llm.ChatChunk] = []
        useful = False
        async with self._asking(turn.index, turn.failures) as (stream, deadline):
            async for chunk in stream:
                if _is_useful(chunk):
                    if not useful:
                        useful = self._passed_on = True
                        self._current_stream = stream
                        adapter.serving(turn.index)
                    deadline.expect(adapter.stall_timeout)
                held_back.append(chunk)
                if useful:
                    self._pass_on(held_back)
        if not useful:
            raise APIConnectionError("the answer has neither text nor a tool call")
        child = adapter.chain.children[turn.index]
        mark_served(child, turn.index, self._llm_request_span, self._asked_under)

    def _pass_on(self, chunks: list[llm.ChatChunk]) -> None:
        for chunk in chunks:
            self._event_ch.send_nowait(chunk)
        chunks.clear()

    async def _probe(self, trial: Trial) -> None:
        async with self._asking(trial.index, []) as (stream, _):
            async for chunk in stream:
                if _is_useful(chunk):
                    return
        raise APIConnectionError("the answer has neither text nor a tool call")

    @contextlib.asynccontextmanager
    async def _asking(
        self, index: int, failures: list[Failure]
    ) -> AsyncIterator[tuple[llm.LLMStream, Deadline]]:
        """One model's stream, and the deadline that what runs under it is held to."""
        chain, timeout = self._adapter.chain, self._adapter.attempt_timeout
        with chain.asking(failures):
            stream = chain.children[index].chat(
                chat_ctx=self._chat_ctx,
                tools=self._tools,
                parallel_tool_calls=self._parallel_tool_calls,
                tool_choice=self._tool_choice,
                extra_kwargs=self._extra_kwargs,
                conn_options=dataclasses.replace(self._conn_options, max_retry=0, timeout=timeout),
            )
        deadline = Deadline()
        async with chain.attending(stream, deadline):
            deadline.expect(timeout)
            yield stream, deadline


def _is_useful(chunk: llm.ChatChunk) -> bool:
    delta = chunk.delta
    return delta is not None and bool(
        delta.tool_calls or (delta.content and not delta.content.isspace())
    )
