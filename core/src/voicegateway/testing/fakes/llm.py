"""A language model that says what it is told to."""

from __future__ import annotations

import asyncio
from typing import Any

from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions, llm

from voicegateway.testing.fakes.script import ScriptedError, go_wrong

__all__ = ["FakeLLM", "FakeLLMStream"]


class FakeLLM(llm.LLM[Any]):
    """Says `words` one chunk at a time, then its usage: `prompt_tokens`, of which
    `cached_tokens` were cached, and a completion token a word; not at all with
    `sends_usage=False`, twice with `usage_twice=True`."""

    def __init__(
        self,
        words: tuple[str, ...] = ("one ", "two ", "three ", "four "),
        *,
        prompt_tokens: int = 42,
        cached_tokens: int = 0,
        delay: float = 0.0,
        first_delay: float = 0.0,
        fails: int = 0,
        fail_after: int = 0,
        hang: bool = False,
        sends_usage: bool = True,
        usage_twice: bool = False,
        error: type[Exception] = ScriptedError,
    ) -> None:
        super().__init__()
        self.words, self.delay, self.first_delay = words, delay, first_delay
        self.prompt_tokens, self.cached_tokens = prompt_tokens, cached_tokens
        self.fails, self.fail_after = fails, fail_after
        self.error, self.hang = error, hang
        self.usages = 0 if not sends_usage else 2 if usage_twice else 1
        self.calls = 0

    @property
    def model(self) -> str:
        return "parrot-1"

    @property
    def provider(self) -> str:
        return "fake"

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[Any] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        **_: Any,
    ) -> FakeLLMStream:
        return FakeLLMStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)

    def used(self) -> llm.CompletionUsage:
        return llm.CompletionUsage(
            completion_tokens=len(self.words),
            prompt_tokens=self.prompt_tokens,
            prompt_cached_tokens=self.cached_tokens,
            total_tokens=self.prompt_tokens + len(self.words),
        )


class FakeLLMStream(llm.LLMStream):
    async def _run(self) -> None:
        fake: FakeLLM = self._llm  # type: ignore[assignment]
        fake.calls += 1
        call = fake.calls
        await asyncio.sleep(fake.first_delay)
        for index, word in enumerate((*fake.words, None)):
            if call <= fake.fails and index == fake.fail_after:
                await go_wrong(fake)
            if word is not None:
                delta = llm.ChoiceDelta(role="assistant", content=word)
                self._event_ch.send_nowait(llm.ChatChunk(id=f"request-{call}", delta=delta))
                await asyncio.sleep(fake.delay)
        for _ in range(fake.usages):
            self._event_ch.send_nowait(llm.ChatChunk(id=f"request-{call}", usage=fake.used()))
