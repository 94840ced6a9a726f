"""A cloud with twelve ways to go wrong. Its ear hears words by their amplitude, as `ears` does."""

from __future__ import annotations

import array
import asyncio
import contextlib
import json
import socket
from enum import StrEnum

from aiohttp import WSMsgType, web

from voicegateway.testing import Fault, LoopbackCloud

__all__ = ["FaultyCloud", "Trouble", "speech_seconds"]

STEP = 1000
DRIP_SECONDS = 0.02
BYTES_A_CHARACTER = 640
"""20 ms of 16-bit audio at 16 kHz."""


class Trouble(StrEnum):
    REFUSED = "refused connection"
    TLS = "TLS error"
    WRONG_KEY = "401"
    LIMITED = "429"
    SERVER_ERROR = "500"
    HANG_BEFORE = "hang before first output"
    HANG_AFTER = "hang after it"
    CLOSE = "close mid-stream"
    EMPTY = "empty answer"
    MALFORMED = "malformed event"
    DRIP = "slow drip"
    DNS = "DNS failure"


_OF_THE_KIT = {
    Trouble.WRONG_KEY: Fault.WRONG_KEY,
    Trouble.LIMITED: Fault.RATE_LIMITED,
    Trouble.SERVER_ERROR: Fault.SERVER_ERROR,
    Trouble.HANG_BEFORE: Fault.HANG,
}


def speech_seconds(text):
    return len(text) * 0.02


class FaultyCloud(LoopbackCloud):
    """`words` is what its model says. `delay` is the seconds before its first output."""

    def __init__(self, trouble=None, *, words=("Hello ", "there."), delay=0.0):
        super().__init__(_OF_THE_KIT.get(trouble))
        self.trouble, self.words, self.delay = trouble, words, delay

    def add_routes(self, router):
        router.add_post("/llm", self.think)
        router.add_post("/tts", self.speak)
        router.add_post("/stt", self.hear_all)
        router.add_get("/stt", self.hear)

    @property
    def address(self):
        """Where a client finds it, or does not."""
        if self.trouble is Trouble.REFUSED:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                return f"http://127.0.0.1:{free.getsockname()[1]}"
        if self.trouble is Trouble.TLS:
            return self.url.replace("http:", "https:")
        if self.trouble is Trouble.DNS:
            return "http://no-such-host.invalid"
        return self.url

    async def think(self, request):
        async with self.streaming(request) as response:
            if self.trouble is Trouble.MALFORMED:
                await response.write(b"data: {nonsense\n\n")
            elif self.trouble is Trouble.DRIP:
                await self.drip(response, b": still thinking\n\n")
            elif self.trouble is not Trouble.EMPTY:
                await self.begin()
                for place, word in enumerate(self.words):
                    await response.write(b"data: %s\n\n" % json.dumps({"text": word}).encode())
                    if place == 0:
                        await self.go_wrong_midway(request)
            usage = json.dumps({"usage": [11, len(self.words)]}).encode()
            await response.write(b"data: %s\n\n" % usage)

    async def speak(self, request):
        text = (await request.json())["text"]
        async with self.streaming(request) as response:
            if self.trouble is Trouble.MALFORMED:
                await response.write(b"!not audio")
            elif self.trouble is Trouble.DRIP:
                await self.drip(response, b"\0\0")
            elif self.trouble is not Trouble.EMPTY:
                await self.begin()
                audio = bytes(BYTES_A_CHARACTER * len(text))
                half = len(audio) // 2 // 2 * 2
                await response.write(audio[:half])
                await self.go_wrong_midway(request)
                await response.write(audio[half:])

    async def hear_all(self, request):
        """A whole utterance at once: the loudest word in it."""
        if self.trouble is Trouble.MALFORMED:
            return web.Response(text="{nonsense")
        if self.trouble is Trouble.EMPTY:
            return web.json_response({"text": ""})
        if self.trouble is Trouble.CLOSE:
            await self.drop(request)
        if self.trouble in (Trouble.HANG_AFTER, Trouble.DRIP):
            await self.hang()
        samples = array.array("h", self.received[-1].body)
        return web.json_response({"text": f"w{max(samples) // STEP}"})

    async def hear(self, request):
        channel = await self.websocket(request)
        if self.trouble is Trouble.DRIP:
            while not channel.closed and not self._closing.is_set():
                with contextlib.suppress(ConnectionError):
                    await channel.send_str("{}")
                await asyncio.sleep(DRIP_SECONDS)
            return channel
        current = 0
        async for message in channel:
            if message.type is WSMsgType.TEXT:
                await channel.send_str('{"done": true}')
                break
            heard = max(array.array("h", message.data)) // STEP
            if heard and not current:
                await self.begins(channel, request, heard)
            if current and not heard and self.trouble is not Trouble.EMPTY:
                await self.begin()
                await channel.send_str(json.dumps({"text": f"w{current}", "final": True}))
            current = heard
        await channel.close()
        return channel

    async def begins(self, channel, request, heard):
        if self.trouble is Trouble.MALFORMED:
            await channel.send_str("{nonsense")
        elif self.trouble in (Trouble.HANG_AFTER, Trouble.CLOSE):
            await channel.send_str(json.dumps({"text": f"w{heard}", "final": False}))
            await self.go_wrong_midway(request)

    @contextlib.asynccontextmanager
    async def streaming(self, request):
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # the client has had enough
            yield response
            await response.write_eof()

    async def begin(self):
        await asyncio.sleep(self.delay)

    async def drip(self, response, data):
        while not self._closing.is_set():
            await response.write(data)
            await asyncio.sleep(DRIP_SECONDS)

    async def go_wrong_midway(self, request):
        if self.trouble is Trouble.HANG_AFTER:
            await self.hang()
        if self.trouble is Trouble.CLOSE:
            await asyncio.sleep(0.05)  # what was sent arrives first
            await self.drop(request)
            raise ConnectionResetError
