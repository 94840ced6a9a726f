"""OpenAI's cloud on the loopback interface, for every endpoint that the plugin uses.

Message shapes: https://developers.openai.com/api/reference and the types of openai 3.54.
"""

from aiohttp import web
from openai_language import LanguageRoutes
from openai_realtime import RealtimeRoutes
from openai_speech import SpeechRoutes

from voicegateway.testing import LoopbackCloud


class OpenAICloud(LanguageRoutes, SpeechRoutes, RealtimeRoutes, LoopbackCloud):
    key = "sk-proj-test-key-0123456789abcdef"

    def add_routes(self, router):
        router.add_get("/v1/models", self.models)
        router.add_post("/v1/chat/completions", self.completions)
        router.add_post("/v1/responses", self.responses)
        router.add_get("/v1/responses", self.responses_socket)
        router.add_post("/v1/audio/transcriptions", self.transcriptions)
        router.add_post("/v1/audio/speech", self.speech)
        router.add_get("/v1/realtime", self.realtime)

    def error_body(self, status):
        kind = {401: "invalid_request_error", 429: "requests"}.get(status, "server_error")
        return {"error": {"message": f"scripted {status}", "type": kind, "code": None}}

    async def models(self, request):
        return web.json_response({"object": "list", "data": []})
