"""For `voicegw doctor`: is the server there, and has it a model?"""

from __future__ import annotations

import time

from livekit.agents import APIError

from voicegateway.types import ProviderCheck, ProviderSettings
from voicegw_local.ollama.address import server_address
from voicegw_local.ollama.server import OllamaServer

__all__ = ["check_server"]

_PATIENCE = 5.0  # seconds


async def check_server(settings: ProviderSettings) -> ProviderCheck:
    """Asks for version and models; loads none."""
    try:
        server = OllamaServer(server_address(settings.base_url))
        started = time.perf_counter()
        version = (await server.get("/api/version", _PATIENCE)).get("version", "?")
        latency = (time.perf_counter() - started) * 1e3
        models = (await server.get("/api/tags", _PATIENCE)).get("models") or []
    except ValueError as error:
        return ProviderCheck(ok=False, detail=str(error))
    except APIError as error:
        return ProviderCheck(ok=False, detail=error.message)
    here = f"Ollama {version} at {server.address}"
    if not models:
        detail = f"{here}; it has no model: ollama pull llama3.2"
        return ProviderCheck(ok=False, detail=detail, latency_ms=latency)
    names = ", ".join(str(model["name"]) for model in models)
    return ProviderCheck(ok=True, detail=f"{here}; models: {names}", latency_ms=latency)
