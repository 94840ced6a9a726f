"""One answer of a model that Ollama runs, token by token."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from livekit.agents import APIError, APITimeoutError, llm, utils
from livekit.agents.types import APIConnectOptions

from voicegw_local.ollama.requests import ollama_messages

if TYPE_CHECKING:
    from voicegw_local.ollama.llm import OllamaLLM

__all__ = ["OllamaStream"]


class OllamaStream(llm.LLMStream):
    """Ends with the server's own count of tokens. A turn that is cut off has none, for Ollama
    counts at the end: nothing is said then, rather than something made up."""

    def __init__(
        self,
        owner: OllamaLLM,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool],
        conn_options: APIConnectOptions,
        fields: Mapping[str, Any],
        one_call: bool,
    ) -> None:
        """`fields` of the request besides the messages; with `one_call`, the model's first tool
        call of an answer is the only one."""
        super().__init__(owner, chat_ctx=chat_ctx, tools=tools, conn_options=conn_options)
        self._ollama = owner
        self._fields = fields
        self._one_call = one_call
        self._begin()

    def _begin(self) -> None:
        self._id = utils.shortuuid("ollama_")
        self._calls = 0
        self._output_sent = False

    async def _run(self) -> None:
        self._begin()
        timeout = self._conn_options.timeout
        body = {**self._fields, "messages": ollama_messages(self._chat_ctx), "stream": True}
        try:
            await self._ollama.loaded(timeout)
            lines = self._ollama.server.chat(body, timeout)
            async with contextlib.aclosing(lines):
                async for line in lines:
                    self._read(line)
        except APIError as error:
            if isinstance(error, APITimeoutError):  # perhaps it has to load the model again
                self._ollama.forget_loaded()
            error.retryable = error.retryable and not self._output_sent
            raise

    def _read(self, line: Mapping[str, Any]) -> None:
        message = line.get("message") or {}
        self._say(message.get("content"), message.get("tool_calls") or ())
        if line.get("done"):
            self._send_usage(line)

    def _say(self, text: str | None, called: Any) -> None:
        calls = [_tool_call(call["function"], call.get("id")) for call in called]
        if self._one_call:
            calls = calls[: max(0, 1 - self._calls)]
        self._calls += len(calls)
        if not text and not calls:  # a thought, or nothing
            return
        self._output_sent = True
        said = llm.ChoiceDelta(role="assistant", content=text or None, tool_calls=calls)
        self._event_ch.send_nowait(llm.ChatChunk(id=self._id, delta=said))

    def _send_usage(self, done: Mapping[str, Any]) -> None:
        """Ollama leaves out a count that is 0. No answer is 0 tokens; but a prompt that it still
        had in its memory is, in some versions, and `validate_stream` then estimates it."""
        prompt, generated = done.get("prompt_eval_count", 0), done.get("eval_count")
        if generated is None:
            if self._output_sent or not prompt:
                return
            generated = 0
        usage = llm.CompletionUsage(
            prompt_tokens=prompt, completion_tokens=generated, total_tokens=prompt + generated
        )
        self._event_ch.send_nowait(llm.ChatChunk(id=self._id, usage=usage))
        self._ollama.watch_length(prompt + generated)


def _tool_call(function: Mapping[str, Any], call_id: str | None) -> llm.FunctionToolCall:
    return llm.FunctionToolCall(
        name=function["name"],
        arguments=json.dumps(function.get("arguments") or {}),
        call_id=call_id or utils.shortuuid("call_"),
    )
