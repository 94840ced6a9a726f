"""The vendor itself, for the recorder: it checks keys, sets cookies and ids, and counts."""

from __future__ import annotations

import asyncio
import base64
import json

from aiohttp import WSMsgType, web

from voicegateway.testing import LoopbackCloud

KEY = "acme-live-key-9f8e7d6c5b4a"
ACCOUNT = "acct_5551234567"
COOKIE = "cookie-of-this-account-0001"


class AcmeCloud(LoopbackCloud):
    key = KEY

    def add_routes(self, router):
        router.add_get("/api/v1/listen", self.listen)
        router.add_get("/api/v1/speak/stream", self.speak_stream)
        router.add_post("/api/v1/speak", self.speak)
        router.add_post("/api/v1/chat", self.chat)
        router.add_post("/api/v1/transcribe", self.transcribe)

    @property
    def headers(self):
        return {
            "X-Request-Id": f"req_{len(self.received):08}_0123456789",
            "Set-Cookie": f"session={COOKIE}",
            "Acme-Organization": ACCOUNT,
            "Character-Cost": "6",
        }

    async def listen(self, request):
        socket = web.WebSocketResponse()
        socket.headers.update(self.headers)
        await socket.prepare(request)
        await socket.send_json(
            {"type": "Begin", "account_id": ACCOUNT, "token": request.query["token"]}
        )
        heard = 0
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                heard += len(message.data)
                continue
            if json.loads(message.data)["type"] == "CloseStream":
                said = {"type": "Results", "text": f"you are {ACCOUNT}", "request_id": "0a1b2c3d4e"}
                await socket.send_json(said)
                await socket.send_json({"type": "Metadata", "duration": heard / 32_000})
                await socket.close()
        return socket

    async def speak_stream(self, request):
        socket = web.WebSocketResponse()
        socket.headers.update(self.headers)
        await socket.prepare(request)
        async for message in socket:
            said = json.loads(message.data)
            if said["type"] == "Flush":
                context = said["context"]
                await socket.send_bytes(bytes(6400))
                await asyncio.sleep(0.02)
                audio = base64.b64encode(bytes(3200)).decode()
                await socket.send_json({"context": context, "audio": audio})
                await socket.send_json({"context": context, "done": True})
        return socket

    async def speak(self, request):
        response = web.StreamResponse(headers={**self.headers, "Content-Type": "audio/pcm"})
        await response.prepare(request)
        for _ in range(3):
            await response.write(bytes(3200))
            await asyncio.sleep(0.01)
        await response.write_eof()
        return response

    async def chat(self, request):
        words = [m["content"] for m in (await request.json())["messages"]][-1].split()
        response = web.StreamResponse(
            headers={**self.headers, "Content-Type": "text/event-stream; charset=utf-8"}
        )
        await response.prepare(request)
        await response.write(b": welcome\n\n")
        for word in words:
            said = {"id": "chat-0123456789", "org_id": ACCOUNT, "delta": f"{word} "}
            text = f"event: delta\ndata: {json.dumps(said, ensure_ascii=False)}\n\n".encode()
            for half in (text[:-20], text[-20:]):
                await response.write(half)
                await asyncio.sleep(0.005)
        usage = {"usage": {"input_tokens": 9, "output_tokens": len(words)}}
        await response.write(f"data: {json.dumps(usage)}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response

    async def transcribe(self, request):
        size = len(self.received[-1].body)
        if size > 1_000_000:
            raise AssertionError("a test sends less")
        heard = {"text": "hello", "duration": 2.0, "debug": f"key {KEY} of {ACCOUNT}"}
        return web.json_response({**heard, "account": ACCOUNT}, headers=self.headers)
