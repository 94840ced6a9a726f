"""`/v1/speak` and `/v2/speak`."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from voicegateway.testing import Fault

__all__ = ["SpeakRoutes"]

_BYTES_PER_CHARACTER = 960
"""20 ms at 24 kHz."""


class SpeakRoutes:
    async def speak(self: Any, request: web.Request) -> web.WebSocketResponse:
        """Aura: `Flushed` behind the last audio, and no count of anything."""
        socket = await self.websocket(request)
        name, request_id = request.query["model"], self.new_request_id()
        await socket.send_json({"type": "Metadata", "request_id": request_id, "model_name": name})
        text = ""
        async for message in socket:
            control = json.loads(message.data)
            self.messages.append(control)
            if control["type"] == "Speak":
                text += control["text"]
            elif control["type"] == "Flush":
                if not await self.utter(request, socket, text):
                    return socket
                text = ""
                await socket.send_json({"type": "Flushed", "sequence_id": 0})
            elif control["type"] == "Close":
                await socket.close()
        return socket

    async def speak_turns(self: Any, request: web.Request) -> web.WebSocketResponse:
        """Flux: `SpeechMetadata` behind the last audio of a turn, with its characters."""
        socket = await self.websocket(request)
        await socket.send_json(
            {
                "type": "Connected",
                "request_id": self.new_request_id(),
                "model_name": request.query["model"],
                "model_version": "2026.06.01",
                "model_uuids": ["1"],
            }
        )
        text, turn = "", 0
        async for message in socket:
            control = json.loads(message.data)
            self.messages.append(control)
            speech = f"dg_sp_{turn}"
            if control["type"] == "Speak":
                if not text:
                    await socket.send_json({"type": "SpeechStarted", "speech_id": speech})
                text += control["text"]
            elif control["type"] == "Flush":
                await socket.send_json({"type": "Flushed", "speech_id": speech})
                if text and not await self.utter(request, socket, text):
                    return socket
                if text:
                    await self.count_turn(socket, speech, text)
                    text, turn = "", turn + 1
            elif control["type"] == "Close":
                await socket.close()
        return socket

    async def count_turn(self: Any, socket: Any, speech: str, text: str) -> None:
        count = {
            "audio_duration_ms": 20 * len(text),
            "input_character_count": len(text) - self.missing,
            "billable_character_count": len(text) - self.missing - text.count("\x07"),
            "controls_applied": {"pronunciations_applied": 0, "pronunciation_warnings": 0},
        }
        for _ in range(2 if self.fails(Fault.USAGE_TWICE) else 1):
            await socket.send_json(
                {
                    "type": "SpeechMetadata",
                    "speech_id": speech,
                    **({} if self.fails(Fault.NO_USAGE) else count),
                }
            )

    async def utter(self: Any, request: web.Request, socket: Any, text: str) -> bool:
        """False if the connection was dropped."""
        half = bytes(_BYTES_PER_CHARACTER * len(text) // 4 * 2)
        await socket.send_bytes(half)
        if self.fails(Fault.CLOSE_MID_STREAM):
            await self.drop(request)
            return False
        await asyncio.sleep(self.pause)
        await socket.send_bytes(half)
        return True

    async def synthesize(self: Any, request: web.Request) -> web.StreamResponse:
        text = (await request.json())["text"]
        audio = bytes(_BYTES_PER_CHARACTER * len(text))
        headers = {"Content-Type": "audio/l16", "dg-request-id": self.new_request_id()}
        if not self.fails(Fault.NO_USAGE):
            headers["dg-char-count"] = str(len(text) - self.missing)
        response = web.StreamResponse(headers=headers)
        response.content_length = len(audio)
        await response.prepare(request)
        await response.write(audio[: len(audio) // 4 * 2])
        if self.fails(Fault.CLOSE_MID_STREAM):
            await self.drop(request)
            return response
        await asyncio.sleep(self.pause)
        await response.write(audio[len(audio) // 4 * 2 :])
        return response
