"""A loopback server that speaks Ollama's recorded shapes and fails in whatever way it is told."""

import asyncio
import json
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from voicegateway.middleware.call import Leg, Scope
from voicegateway.middleware.cost_tracker import CostTracker
from voicegateway.middleware.instrumented_provider import meter
from voicegateway.testing import MemoryLedger
from voicegateway.types import Modality, ProviderSettings
from voicegw_local import ollama

STAMP = "2026-11-22T05:55:00.000000Z"


def line(content="", **more):
    message = {"role": "assistant", "content": content, **more}
    return {"model": "m", "created_at": STAMP, "message": message, "done": False}


def done(prompt=26, generated=2, reason="stop"):
    counts = {"prompt_eval_count": prompt, "eval_count": generated}
    return {
        **line(),
        "done_reason": reason,
        "done": True,
        "total_duration": 4_883_583_458,
        "load_duration": 1_334_875,
        **{name: count for name, count in counts.items() if count},  # Ollama leaves out a 0
        "eval_duration": 4_535_599_000,
    }


@dataclass
class FakeOllama:
    """`answer` is what a chat is answered with: lines (raw bytes as they are), and between them
    seconds to wait; or a status with an error. `before` holds answers for the first chats."""

    address: str = ""
    answer: list = field(default_factory=lambda: [line("Hello"), line(" there"), done()])
    before: list = field(default_factory=list)
    status: int = 200
    error: str = ""
    failures: int = 10**6
    """How many chats fail with `status` before they are answered."""
    load_seconds: float = 0.0
    load_error: tuple[int, str] | None = None
    cut: bool = False
    """Break the connection off behind the last line."""
    models: list = field(default_factory=lambda: ["qwen2.5:3b"])
    version: object = "0.9.3"
    chats: list = field(default_factory=list)
    loads: list = field(default_factory=list)
    hung_up: int = 0
    """Chats whose client went away before their end."""

    async def chat(self, request):
        body = await request.json()
        if not body["messages"]:
            return await self._load(body)
        self.chats.append(body)
        if self.status != 200 and len(self.chats) <= self.failures:
            return web.json_response({"error": self.error}, status=self.status)
        return await self._stream(request)

    async def _load(self, body):
        self.loads.append(body)
        await asyncio.sleep(self.load_seconds)
        if self.load_error:
            status, error = self.load_error
            return web.json_response({"error": error}, status=status)
        return web.json_response(done(0, 0, "load"))

    async def _stream(self, request):
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        try:
            for item in self.before.pop(0) if self.before else self.answer:
                if isinstance(item, int | float):
                    await asyncio.sleep(item)
                    continue
                raw = item if isinstance(item, bytes) else json.dumps(item).encode() + b"\n"
                await response.write(raw)
            if self.cut:
                request.transport.abort()
        except (asyncio.CancelledError, ConnectionError):
            self.hung_up += 1
            raise
        return response

    async def say_version(self, request):
        return web.json_response({"version": self.version})

    async def tags(self, request):
        return web.json_response({"models": [{"name": name} for name in self.models]})


@pytest.fixture
async def server():
    fake = FakeOllama()
    app = web.Application()
    app.router.add_post("/api/chat", fake.chat)
    app.router.add_get("/api/version", fake.say_version)
    app.router.add_get("/api/tags", fake.tags)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    fake.address = f"http://127.0.0.1:{port}"
    yield fake
    await runner.cleanup()


@pytest.fixture
async def make(server):
    """`make("qwen2.5:3b", num_ctx=2048)`: the native object, on the loopback server."""
    made = []

    def make_llm(model="qwen2.5:3b", *, base_url=None, **options):
        settings = ProviderSettings("ollama", base_url=base_url or server.address)
        made.append(ollama.create_llm(model, settings, options))
        return made[-1]

    yield make_llm
    for each in made:
        await each.aclose()


@pytest.fixture
def rows():
    return MemoryLedger()


@pytest.fixture
def metered(make, rows):
    """`make`, metered, with the plugin's own verdicts and prices."""

    class Pricer:
        def validate_stream(self, report):
            return ollama.validate_stream(report)

        def price_usage(self, model, modality, usage, terms):
            return ollama.price_usage()

    tracker = CostTracker(rows, lambda provider: Pricer(), lambda *_: None)

    def make_metered(**options):
        target = make(**options)
        leg = Leg("ollama", target.model, Modality.LLM)
        meter(target, leg, tracker, lambda session: Scope("test", None), lambda session: None)
        return target

    return make_metered


@pytest.fixture
def said():
    """The shapes of an answer."""

    class Said:
        pass

    Said.line, Said.done = staticmethod(line), staticmethod(done)
    return Said
