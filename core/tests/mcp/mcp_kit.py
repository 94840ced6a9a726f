"""What a gateway is made of here, and clients that reach it over each transport."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import asynccontextmanager
from decimal import Decimal

import httpx2
import uvicorn
from mcp import Client
from mcp.client.stdio import StdioServerParameters, get_default_environment
from mcp.client.streamable_http import streamable_http_client

from voicegateway.storage.models import Attempt, AttemptClosed
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit

CANARY = "sk-canary-4f8a1c77e02b9d35"
"""A vendor's key, which may leave the gateway in no way."""
REFUSED = "sk-refused-0b6e55c1d2f3a798"
"""One that the vendor does not accept."""

COMMAND = ["-c", "from voicegateway.cli import main; main()", "mcp"]
CONFIG = f"""
providers:
  acme:
    api_key: {CANARY}
projects:
  support:
    daily_budget: 5.00
    budget_action: block
models:
  stt:
    house: {{provider: acme, model: ear-1}}
"""
PLUGIN = f"""
from voicegateway import hookimpl
from voicegateway.types import Modality, ProviderCheck, ProviderInfo

@hookimpl
def provider_info():
    return ProviderInfo(title="Acme", modalities=frozenset(Modality), key_variable="ACME_KEY")

@hookimpl
def check_provider(settings):
    print("a plugin that prints must not be heard by the client")
    if settings.api_key.reveal() == {REFUSED!r}:
        return ProviderCheck(ok=False, detail="the key is refused (401)", latency_ms=12.5)
    return ProviderCheck(ok=True, detail="the key is accepted", latency_ms=12.5)
"""
VARIABLES = (
    "VOICEGW_ACTIVE_PROJECT",
    "VOICEGW_API_KEY",
    "VOICEGW_CONFIG",
    "VOICEGW_HOST",
    "VOICEGW_MCP_TOKEN",
    "VOICEGW_PORT",
    "VOICEGW_SECRET",
    "VOICEGW_SECRET_FALLBACK",
)


def install(folder, provider):
    info = folder / f"voicegw_{provider}-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: voicegw-{provider}\nVersion: 1.2\n"
    )
    (info / "entry_points.txt").write_text(
        f"[voicegw.providers]\n{provider} = voicegw_{provider}_plugin\n"
    )
    (folder / f"voicegw_{provider}_plugin.py").write_text(PLUGIN)


def attempt(**changes):
    values = {
        "call_id": f"call{time.time_ns():x}",
        "attempt": 1,
        "started_us": time.time_ns() // 1000,
        "project": "support",
        "session_id": "room-1",
        "provider": "acme",
        "model": "parrot-2",
        "modality": Modality.LLM,
    }
    return Attempt(**(values | changes))


def closed(amount, *, outcome="completed", **changes):
    quantity = Decimal(10)
    quote = PriceQuote(None, confidence="unknown")
    if amount is not None:
        each = Decimal(amount) / quantity
        line = PriceLine(Unit.OUTPUT_TOKENS, quantity, quantity, each, Decimal(1), Decimal(amount))
        quote = PriceQuote(Decimal(amount), (line,), source="acme price list")
    return AttemptClosed(
        attempt=attempt(**changes),
        outcome=outcome,
        units={Unit.OUTPUT_TOKENS: quantity},
        basis="reported",
        verdict="confirmed",
        quote=quote,
        ttfb_ms=120.5,
        duration_ms=900.0,
    )


@asynccontextmanager
async def serving(app):
    """The port of an application that a real server serves."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=5)
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
        assert not task.done()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def over_http(port, token, mode="auto"):
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        url = f"http://127.0.0.1:{port}/mcp"
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            yield client


@asynccontextmanager
async def over_stdio(mode="auto"):
    parameters = StdioServerParameters(
        command=sys.executable, args=COMMAND, env={**get_default_environment(), **os.environ}
    )
    async with Client(parameters, mode=mode) as client:
        yield client


async def error(client, tool, **arguments):
    """The error that a tool answers with."""
    found = await client.call_tool(tool, arguments)
    assert found.is_error, found.structured_content
    return found.structured_content["error"]


async def answer(client, tool, **arguments):
    found = await client.call_tool(tool, arguments)
    assert not found.is_error, found.structured_content
    return found.structured_content
