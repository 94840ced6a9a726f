"""Chat completions and the Responses API."""

import asyncio
import json

from aiohttp import web

from voicegateway.testing import Fault

WORDS = ("The ", "fox ", "is ", "quick ", "and ", "the ", "dog ", "is ", "lazy.")


def tokens(text):
    return -(-len(text) // 4)


class LanguageRoutes:
    words = WORDS
    details: dict | None = None
    """In place of the details of a prompt's tokens."""
    reasoning = 0
    """Tokens of reasoning, within the output."""
    tier: str | None = None
    incomplete = False
    """A response that stopped at its limit of tokens."""
    pause = 0.0
    """Seconds before each word."""

    async def completions(self, request):
        asked = json.loads(self.received[-1].body)
        response = await self._sse(request)
        try:
            for chunk in self._chunks(asked):
                await asyncio.sleep(self.pause)
                await self._event(response, chunk)
            await response.write(b"data: [DONE]\n\n")
        except ConnectionError:  # the client has hung up
            return response
        except EOFError:
            await self.drop(request)
        return response

    def _chunks(self, asked):
        base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        if self.tier is not None:
            base["service_tier"] = self.tier
        for index, word in enumerate(self.words):
            delta = {"role": "assistant", "content": word} if index == 0 else {"content": word}
            yield {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
            if index == 4 and self.fails(Fault.CLOSE_MID_STREAM):
                raise EOFError
        yield {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        if (asked.get("stream_options") or {}).get("include_usage"):
            total = {**base, "choices": [], "usage": self._completion_usage(asked)}
            yield from [total] * self._totals()

    def _totals(self):
        if self.fails(Fault.NO_USAGE):
            return 0
        return 2 if self.fails(Fault.USAGE_TWICE) else 1

    def _completion_usage(self, asked):
        prompt = tokens(json.dumps(asked["messages"]))
        if self.details:
            prompt += sum(self.details.get(k, 0) for k in ("cached_tokens", "cache_write_tokens"))
        written = tokens("".join(self.words)) + self.reasoning
        return {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
            "prompt_tokens_details": self.details or {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": self.reasoning},
        }

    async def responses(self, request):
        asked = json.loads(self.received[-1].body)
        response = await self._sse(request)
        try:
            for event in self._events(asked):
                await asyncio.sleep(self.pause)
                await self._event(response, event)
        except ConnectionError:
            return response
        except EOFError:
            await self.drop(request)
        return response

    async def responses_socket(self, request):
        socket = await self.websocket(request)
        async for message in socket:
            asked = message.json()
            self.messages.append(asked)
            try:
                for event in self._events(asked):
                    await asyncio.sleep(self.pause)
                    await socket.send_json(event)
            except ConnectionError:
                return socket
            except EOFError:
                await self.drop(request)
        return socket

    def _events(self, asked):
        base = {
            "id": "resp_1", "object": "response", "created_at": 1, "model": "m", "output": [],
            "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
        }  # fmt: skip
        yield {"type": "response.created", "sequence_number": 0, "response": base}
        for index, word in enumerate(self.words):
            yield {
                "type": "response.output_text.delta", "sequence_number": index + 1, "delta": word,
                "item_id": "msg_1", "output_index": 0, "content_index": 0, "logprobs": [],
            }  # fmt: skip
            if index == 4 and self.fails(Fault.CLOSE_MID_STREAM):
                raise EOFError
        ended = {**base, "status": "completed"}
        kind = "response.completed"
        if self.incomplete:
            kind = "response.incomplete"
            ended |= {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
        if self.tier is not None:
            ended["service_tier"] = self.tier
        totals = self._totals()
        if totals:
            ended["usage"] = self._response_usage(asked)
        for _ in range(totals or 1):
            yield {"type": kind, "sequence_number": 99, "response": ended}

    def _response_usage(self, asked):
        prompt = tokens(json.dumps(asked["input"]))
        details = self.details or {"cached_tokens": 0, "cache_write_tokens": 0}
        prompt += details["cached_tokens"] + details["cache_write_tokens"]
        written = tokens("".join(self.words)) + self.reasoning
        return {
            "input_tokens": prompt,
            "output_tokens": written,
            "total_tokens": prompt + written,
            "input_tokens_details": details,
            "output_tokens_details": {"reasoning_tokens": self.reasoning},
        }

    async def _sse(self, request):
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        return response

    async def _event(self, response, event):
        await response.write(f"data: {json.dumps(event)}\n\n".encode())
