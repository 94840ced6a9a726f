"""Acme's cloud on the loopback interface."""

from __future__ import annotations

import json

from aiohttp import WSMsgType, web

from voicegateway.testing import Fault, LoopbackCloud

SECOND = 32_000
"""Bytes of 16 kHz mono."""


class AcmeCloud(LoopbackCloud):
    def add_routes(self, router):
        router.add_get("/v1/models", self.models)
        router.add_get("/v1/listen", self.listen)
        router.add_get("/v1/speak", self.speak)
        router.add_post("/v1/transcribe", self.transcribe)
        router.add_post("/v1/read", self.read)
        router.add_post("/v1/chat", self.chat)

    def counters(self, **counted):
        """What is sent of them: once, twice or not at all."""
        if self.fails(Fault.NO_USAGE):
            return []
        return [counted] * (2 if self.fails(Fault.USAGE_TWICE) else 1)

    async def models(self, request):
        return web.json_response(["swift-1"])

    async def transcribe(self, request):
        if self.fails(Fault.CLOSE_MID_STREAM):
            return await self.drop(request)
        body = {"text": "hello"}
        for counted in self.counters(seconds=len(self.received[-1].body) / SECOND):
            body.update(counted)
        return web.json_response(body)

    async def listen(self, request):
        fault = self._current
        socket, size = await self.websocket(request), 0
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                size += len(message.data)
                if size == len(message.data):
                    await socket.send_json({"text": "hello"})
                elif fault is Fault.CLOSE_MID_STREAM:
                    await self.drop(request)
                    break
            else:
                await self.goodbye(socket, fault, seconds=size / SECOND)
        return socket

    async def speak(self, request):
        fault = self._current
        socket, size = await self.websocket(request), 0
        async for message in socket:
            text = message.json().get("text")
            if text is None:
                await self.goodbye(socket, fault, characters=size)
                break
            size += len(text)
            await socket.send_bytes(bytes(960 * len(text)))
            if fault is Fault.CLOSE_MID_STREAM:
                await self.drop(request)
                break
        return socket

    async def goodbye(self, socket, fault, **counted):
        times = {Fault.NO_USAGE: 0, Fault.USAGE_TWICE: 2}.get(fault, 1)
        for _ in range(times):
            await socket.send_json(counted)
        await socket.close(code=1000)

    async def read(self, request):
        text = self.received[-1].json()["text"]
        headers = {"X-Characters": str(len(text))} if not self.fails(Fault.NO_USAGE) else {}
        response = web.StreamResponse(headers=headers)
        broken = self.fails(Fault.CLOSE_MID_STREAM)
        await response.prepare(request)
        await response.write(bytes(960 * len(text)))
        if broken:
            await self.drop(request)
        return response

    async def chat(self, request):
        broken = self.fails(Fault.CLOSE_MID_STREAM)
        prompt = self.received[-1].json()["prompt"]
        lines = [{"text": word} for word in ("one ", "two ", "three ")]
        used = {"prompt_tokens": len(prompt.split()) + 4, "completion_tokens": 3}
        lines += self.counters(usage=used)
        response = web.StreamResponse()
        await response.prepare(request)
        for index, line in enumerate(lines):
            if broken and index == 2:
                await self.drop(request)
                break
            await response.write(json.dumps(line).encode() + b"\n")
        return response
