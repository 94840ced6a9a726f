"""Anthropic's Messages API on the loopback interface: server-sent events in the shapes of
https://platform.claude.com/docs/en/build-with-claude/streaming"""

import asyncio
import itertools
import json
from dataclasses import dataclass, field

from aiohttp import web

from voicegateway.testing import Fault, LoopbackCloud

ERRORS = {
    401: "authentication_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass
class Answer:
    """What the model says to every request, and how the vendor counts it."""

    words: tuple = ("Hello ", "there.")
    thoughts: tuple = ()
    tool: tuple | None = None
    """Name and arguments of a call."""
    input_tokens: int | None = None
    """None: a token a word of the prompt, and 8 for the rest."""
    cache_5m: int = 0
    cache_1h: int = 0
    cache_read: int = 0
    first_count: int = 1
    """Output tokens in `message_start`."""
    totals: tuple = (6,)
    """Cumulative output tokens, one `message_delta` each."""
    thinking_tokens: int | None = None
    web_searches: int = 0
    usage: dict = field(default_factory=lambda: {"service_tier": "standard"})
    """More of `usage` in `message_start`."""
    pause: float = 0.0
    """Seconds before each word but the first."""
    error: str | None = None
    """Kind of an `error` event behind the first word."""


class AnthropicCloud(LoopbackCloud):
    def __init__(self, answer=None, fault=None, *, times=None):
        super().__init__(fault, times=times)
        self.answer = answer or Answer()
        self.earlier = []
        """Answers to the first requests."""
        self.overloaded = 0
        """How many requests are answered with 529."""
        self._ids = itertools.count(1)

    def add_routes(self, router):
        router.add_post("/v1/messages", self.messages_api)
        router.add_get("/v1/models", self.models)

    def authorized(self, request):
        return request.headers.get("x-api-key") == self.key

    def error_body(self, status):
        error = {"type": ERRORS.get(status, "api_error"), "message": f"scripted {status}"}
        return {"type": "error", "error": error, "request_id": "req_0"}

    @property
    def requests(self):
        """Bodies of the requests for an answer."""
        return [one.json() for one in self.received if one.path == "/v1/messages"]

    async def models(self, request):
        return web.json_response({"data": [], "has_more": False})

    async def messages_api(self, request):
        if self.overloaded:
            self.overloaded -= 1
            return web.json_response(self.error_body(529), status=529)
        body = await request.json()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for event in self.events(body):
            if isinstance(event, float):
                await asyncio.sleep(event)
            elif event is None:
                await asyncio.sleep(0.05)  # so that what was sent arrives
                await self.drop(request)
                return response
            else:
                data = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
                await response.write(data.encode())
        return response

    def events(self, body):
        answer = self.earlier.pop(0) if self.earlier else self.answer
        yield self.start(body, answer)
        yield {"type": "ping"}
        index = itertools.count()
        if answer.thoughts:
            yield from _block(next(index), _thinking(answer.thoughts))
        yield from _block(next(index), self.text(answer))
        if answer.tool:
            yield from _block(next(index), _tool_use(*answer.tool))
        for total in self.totals(answer):
            yield self.delta(answer, total)
        yield {"type": "message_stop"}

    def text(self, answer):
        """The words, and what goes wrong behind the first."""
        yield {"type": "text", "text": ""}
        for word in answer.words:
            yield {"type": "text_delta", "text": word}
            if answer.error:
                error = {"type": answer.error, "message": "Overloaded"}
                yield {"type": "error", "error": error}
                return
            if self.fails(Fault.CLOSE_MID_STREAM):
                yield None
                return
            yield answer.pause

    def start(self, body, answer):
        counted = not self.fails(Fault.NO_USAGE)
        prompt = answer.input_tokens
        if prompt is None:
            prompt = 8 + len(json.dumps(body["messages"]).split(" "))
        usage = {
            "input_tokens": prompt if counted else 0,
            "cache_creation_input_tokens": answer.cache_5m + answer.cache_1h,
            "cache_read_input_tokens": answer.cache_read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": answer.cache_5m,
                "ephemeral_1h_input_tokens": answer.cache_1h,
            },
            "output_tokens": answer.first_count if counted else 0,
            **answer.usage,
        }
        message = {
            "id": f"msg_{next(self._ids)}",
            "type": "message",
            "role": "assistant",
            "content": [],
            "model": body["model"],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }
        return {"type": "message_start", "message": message}

    def totals(self, answer):
        if self.fails(Fault.NO_USAGE):
            return (0,)
        return answer.totals * (2 if self.fails(Fault.USAGE_TWICE) else 1)

    def delta(self, answer, total):
        usage = {"output_tokens": total}
        if answer.thinking_tokens is not None:
            usage["output_tokens_details"] = {"thinking_tokens": answer.thinking_tokens}
        if answer.web_searches:
            searches = {"web_search_requests": answer.web_searches, "web_fetch_requests": 0}
            usage["server_tool_use"] = searches
        end = {"stop_reason": "end_turn", "stop_sequence": None}
        return {"type": "message_delta", "delta": end, "usage": usage}


def _block(index, parts):
    """The events of one content block: its first part opens it. An error or a break ends all."""
    yield {"type": "content_block_start", "index": index, "content_block": next(parts)}
    for part in parts:
        if part is None or isinstance(part, float) or part["type"] == "error":
            yield part
        else:
            yield {"type": "content_block_delta", "index": index, "delta": part}
    yield {"type": "content_block_stop", "index": index}


def _thinking(thoughts):
    yield {"type": "thinking", "thinking": "", "signature": ""}
    for thought in thoughts:
        yield {"type": "thinking_delta", "thinking": thought}


def _tool_use(name, arguments):
    yield {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}
    for part in arguments:
        yield {"type": "input_json_delta", "partial_json": part}
