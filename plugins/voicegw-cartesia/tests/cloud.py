"""Cartesia's API on the loopback interface, as https://docs.cartesia.ai describes it: speech over a
WebSocket with contexts and in one HTTP request, recognition with turns and without.

It hears `transcript` in whatever it is sent, and speaks 40 ms for a character. Cartesia sends no
counters, so `Fault.NO_USAGE` and `Fault.USAGE_TWICE` change nothing."""

import asyncio
import base64
import json

from aiohttp import WSMsgType, web

from voicegateway.testing import Fault, LoopbackCloud

SAMPLE_RATE = 24_000
BYTES_PER_CHARACTER = 1920
PAUSE = 0.01
"""Seconds between two pieces of speech."""
HEARS_AFTER = 16_000
"""Bytes of 16 kHz audio, half a second, after which somebody is speaking."""


class CartesiaCloud(LoopbackCloud):
    transcript = "hello there"
    refuses_text = None
    """Answer every sentence with an error message: one that says so, or one that is the last of its
    turn (`done`)."""

    def add_routes(self, router):
        router.add_get("/voices", self.voices)
        router.add_post("/tts/bytes", self.speak_once)
        router.add_get("/tts/websocket", self.speak)
        router.add_get("/stt/turns/websocket", self.recognize_turns)
        router.add_get("/stt/websocket", self.recognize)

    def authorized(self, request):
        return request.headers.get("X-API-Key") == self.key

    def error_body(self, status):
        return {"error_code": f"scripted_{status}", "message": f"scripted {status}"}

    async def voices(self, request):
        return web.json_response({"data": [{"id": "voice-1"}], "has_more": False})

    async def speak_once(self, request):
        text = (await request.json())["transcript"]
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        await response.prepare(request)
        audio = bytes(BYTES_PER_CHARACTER * len(text))
        half = len(audio) // 4 * 2
        await response.write(audio[:half])
        if self.fails(Fault.CLOSE_MID_STREAM):
            await self.drop(request)
            return response
        await asyncio.sleep(PAUSE)
        await response.write(audio[half:])
        await response.write_eof()
        return response

    async def speak(self, request):
        dropping = self.fails(Fault.CLOSE_MID_STREAM)
        socket = await self.websocket(request)
        async for message in socket:
            said = json.loads(message.data)
            self.messages.append(said)
            if self.refuses_text is not None:
                await socket.send_json(_failure(said, self.refuses_text))
                continue
            for answer in _speech(said):
                await socket.send_json(answer)
                if dropping and answer["type"] == "chunk":
                    await self.drop(request)
                    return socket
                await asyncio.sleep(PAUSE)
        return socket

    async def recognize_turns(self, request):
        dropping = self.fails(Fault.CLOSE_MID_STREAM)
        socket = await self.websocket(request)
        await socket.send_json({"type": "connected", "request_id": "request-1"})
        heard = 0
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                before, heard = heard, heard + len(message.data)
                if before < HEARS_AFTER <= heard:
                    await socket.send_json(self._turn("turn.start"))
                    await socket.send_json(self._turn("turn.update"))
                    if dropping:
                        await self.drop(request)
                        return socket
                continue
            self.messages.append(json.loads(message.data))
            if heard >= HEARS_AFTER:
                await socket.send_json(self._turn("turn.end"))
            await socket.close()
        return socket

    def _turn(self, kind):
        return {"type": kind, "request_id": "request-1", "transcript": self.transcript}

    async def recognize(self, request):
        dropping = self.fails(Fault.CLOSE_MID_STREAM)
        socket = await self.websocket(request)
        heard = 0
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                heard += len(message.data)
                if dropping and heard >= HEARS_AFTER:
                    await self.drop(request)
                    return socket
                continue
            self.messages.append(message.data)
            if heard >= HEARS_AFTER:
                await socket.send_json(self._transcript(heard))
                heard = 0
            await socket.send_json(_done(message.data))
            if message.data == "close":
                await socket.close()
        return socket

    def _transcript(self, heard):
        return {
            "type": "transcript",
            "request_id": "request-2",
            "is_final": True,
            "text": self.transcript,
            "duration": heard / 32_000,
            "language": "en",
        }


def _done(command):
    kind = "flush_done" if command == "finalize" else "done"
    return {"type": kind, "request_id": "request-2"}


def _speech(said):
    context, text = said["context_id"], said["transcript"].strip(" ")
    if text:
        half = len(text) // 2
        for part in (text[:half], text[half:]):
            audio = base64.b64encode(bytes(BYTES_PER_CHARACTER * len(part))).decode()
            yield {
                "type": "chunk",
                "context_id": context,
                "status_code": 206,
                "done": False,
                "data": audio,
            }
        words = text.split()
        yield {
            "type": "timestamps",
            "context_id": context,
            "status_code": 206,
            "done": False,
            "word_timestamps": {
                "words": words,
                "start": [0.1 * index for index in range(len(words))],
                "end": [0.1 * index + 0.1 for index in range(len(words))],
            },
        }
    if not said["continue"]:
        yield {"type": "done", "context_id": context, "status_code": 200, "done": True}


def _failure(said, kind):
    return {
        "type": "error",
        "context_id": said["context_id"],
        "status_code": 400,
        "done": kind == "done",
        "error": "scripted error",
    }
