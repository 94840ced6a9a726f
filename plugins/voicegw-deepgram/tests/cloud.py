"""Deepgram's cloud on the loopback interface. Message shapes: developers.deepgram.com/reference."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from listen_routes import ListenRoutes
from speak_routes import SpeakRoutes

from voicegateway.testing import Fault, LoopbackCloud

__all__ = ["REQUEST_ID", "DeepgramCloud"]

REQUEST_ID = "8c8ebea9-dbec-45fa-a035-e4632cb05b5f"


class DeepgramCloud(ListenRoutes, SpeakRoutes, LoopbackCloud):
    """Hears `transcript` in whatever it is sent, and says 20 ms of silence a character."""

    transcript = "hello world"
    channels = 1
    """That it says it heard."""
    extra = 0.0
    """Seconds that it says it heard beyond what it was sent."""
    drop_at: float | None = None
    """After so many seconds of audio `Fault.CLOSE_MID_STREAM` strikes; None: at the end."""
    pause = 0.0
    """Seconds, before the second half of an utterance."""
    missing = 0
    """Characters that it leaves out of its count."""

    def __init__(self, fault: Fault | None = None, *, times: int | None = None) -> None:
        super().__init__(fault, times=times)
        self.connections = 0

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/v1/auth/token", self.token)
        router.add_get("/v1/listen", self.listen)
        router.add_post("/v1/listen", self.transcribe)
        router.add_get("/v2/listen", self.listen_to_turns)
        router.add_get("/v1/speak", self.speak)
        router.add_post("/v1/speak", self.synthesize)
        router.add_get("/v2/speak", self.speak_turns)
        router.add_post("/v2/speak", self.synthesize)

    def authorized(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Token {self.key}"

    def error_body(self, status: int) -> Any:
        code = {401: "INVALID_AUTH", 429: "TOO_MANY_REQUESTS"}.get(status, "INTERNAL_SERVER_ERROR")
        return {"err_code": code, "err_msg": f"scripted {status}", "request_id": REQUEST_ID}

    async def token(self, request: web.Request) -> web.Response:
        return web.json_response({"api_key_id": "1", "scopes": ["usage:write"]})

    def new_request_id(self) -> str:
        """Each connection has its own."""
        self.connections += 1
        return f"{REQUEST_ID[:-1]}{self.connections}"
