"""AssemblyAI's APIs on the loopback interface, as https://www.assemblyai.com/docs describes them:
streaming speech-to-text (v3), streaming text-to-speech (v1), and the list of transcripts.

It hears `transcript` in whatever it is sent, and speaks 40 ms for a character."""

import asyncio
import base64
import json
import math
import time

from aiohttp import WSMsgType, web

from voicegateway.testing import Fault, LoopbackCloud

BYTES_PER_CHARACTER = 1920
PAUSE = 0.01
"""Seconds between two pieces of speech."""
HEARS_AFTER = 16_000
"""Bytes of 16 kHz audio, half a second, after which somebody is speaking."""


class AssemblyAICloud(LoopbackCloud):
    transcript = "hello there"
    session_seconds = None
    """What the cloud says of every session; None: the truth, in whole seconds."""
    is_deaf = False
    """Does not answer a goodbye."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self.cancelled = asyncio.Event()
        """Somebody barged in."""

    def add_routes(self, router):
        router.add_get("/v2/transcript", self.transcripts)
        router.add_get("/v3/ws", self.transcribe)
        router.add_get("/v1/ws", self.speak)

    def authorized(self, request):
        return request.headers.get("Authorization") == self.key

    def error_body(self, status):
        return {"error": f"scripted {status}"}

    async def transcripts(self, request):
        return web.json_response({"page_details": {"limit": 1}, "transcripts": []})

    async def transcribe(self, request):
        dropping, counting = self.fails(Fault.CLOSE_MID_STREAM), not self.fails(Fault.NO_USAGE)
        times = 2 if self.fails(Fault.USAGE_TWICE) else 1
        begun, heard = time.monotonic(), 0
        socket = await self.websocket(request)
        await socket.send_json({"type": "Begin", "id": "session-1", "expires_at": 2_000_000_000})
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                before, heard = heard, heard + len(message.data)
                if before < HEARS_AFTER <= heard:
                    await socket.send_json({"type": "SpeechStarted", "timestamp": 320})
                    await socket.send_json(self._turn(end=False))
                    if dropping:
                        await self.drop(request)
                        return socket
                continue
            said = json.loads(message.data)
            self.messages.append(said)
            if said["type"] != "Terminate" or self.is_deaf:
                continue
            if heard >= HEARS_AFTER:
                await socket.send_json(self._turn(end=True))
            for _ in range(times):
                await socket.send_json(self._termination(begun, heard, counting))
            await socket.close()
        return socket

    def _termination(self, begun, heard, counting):
        seconds = self.session_seconds
        if seconds is None:
            seconds = math.ceil(time.monotonic() - begun)
        counters = {
            "audio_duration_seconds": round(heard / 32_000),
            "session_duration_seconds": seconds,
        }
        return {"type": "Termination", **(counters if counting else {})}

    def _turn(self, *, end):
        words = [
            {"text": word, "start": 320 * i, "end": 320 * i + 300, "confidence": 0.9}
            for i, word in enumerate(self.transcript.split(), 1)
        ]
        return {
            "type": "Turn",
            "turn_order": 0,
            "turn_is_formatted": end,
            "end_of_turn": end,
            "end_of_turn_confidence": 1.0 if end else 0.2,
            "transcript": self.transcript if end else "",
            "utterance": "",
            "words": [{**word, "word_is_final": end} for word in words],
        }

    async def speak(self, request):
        dropping, counting = self.fails(Fault.CLOSE_MID_STREAM), not self.fails(Fault.NO_USAGE)
        socket = await self.websocket(request)
        await socket.send_json(_begin(request))
        text, flush_id, position = "", 0, 0
        async for message in socket:
            said = json.loads(message.data)
            self.messages.append(said)
            if said["type"] == "Generate":
                text += said["text"]
            elif said["type"] == "Cancel":
                self.cancelled.set()
                await socket.send_json({"type": "Cancelled", "flush_id": flush_id})
            elif said["type"] == "Flush":
                for frame in _speech(text, flush_id, position, counting):
                    await socket.send_json(frame)
                    if dropping:
                        await self.drop(request)
                        return socket
                    await asyncio.sleep(PAUSE)
                position += 40 * len(text)
                text, flush_id = "", flush_id + 1
        return socket


def _begin(request):
    timed = request.query["word_boundaries"] == "true"
    return {
        "type": "Begin",
        "id": "session-2",
        "expires_at": time.time() + 3600,
        "configuration": {"voice_id": request.query["voice_id"], "word_boundaries": timed},
    }


def _speech(text, flush_id, position, counting):
    half = len(text) // 2
    for part in (text[:half], text[half:]):
        audio = base64.b64encode(bytes(BYTES_PER_CHARACTER * len(part))).decode()
        yield {"type": "Audio", "audio": audio, "flush_id": flush_id}
    length = {"audio_duration_ms": 40 * len(text)} if counting else {}
    yield {"type": "FlushDone", "flush_id": flush_id, **length}
    words = [
        {"word": word, "start": position + 100 * i, "end": position + 100 * i + 90}
        for i, word in enumerate(text.split())
    ]
    yield {
        "type": "WordBoundaries",
        "flush_id": flush_id,
        "audio_start_ms": position,
        "words": words,
    }
