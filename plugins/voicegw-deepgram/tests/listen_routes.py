"""`/v1/listen` and `/v2/listen`."""

from __future__ import annotations

import io
import json
import wave
from typing import Any

from aiohttp import WSMsgType, web

from voicegateway.testing import Fault

__all__ = ["ListenRoutes"]

_START = 0.5
"""Seconds of audio until somebody is heard."""


class ListenRoutes:
    async def listen(self: Any, request: web.Request) -> web.WebSocketResponse:
        """Nova: interim and final results, and the summary that a `CloseStream` is answered."""
        socket = await self.websocket(request)
        hearing = _Hearing(self, socket, request, self.new_request_id())
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                self.messages.append(message.data)
                if not await hearing.more(message.data):
                    return socket
                continue
            control = json.loads(message.data)
            self.messages.append(control)
            if control["type"] == "Finalize":
                await hearing.finish()
            elif control["type"] == "CloseStream":
                await hearing.close()
        return socket

    async def listen_to_turns(self: Any, request: web.Request) -> web.WebSocketResponse:
        """Flux: a turn, updates, and no summary."""
        socket = await self.websocket(request)
        hearing = _Turns(self, socket, request, self.new_request_id())
        await hearing.greet()
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                self.messages.append(message.data)
                if not await hearing.more(message.data):
                    return socket
                continue
            control = json.loads(message.data)
            self.messages.append(control)
            if control["type"] == "CloseStream":
                await hearing.close()
        return socket

    async def transcribe(self: Any, request: web.Request) -> web.StreamResponse:
        with wave.open(io.BytesIO(await request.read())) as audio:
            seconds = audio.getnframes() / audio.getframerate()
        metadata: dict[str, Any] = {"request_id": self.new_request_id(), "models": ["1"]}
        if not self.fails(Fault.NO_USAGE):
            metadata |= {"duration": seconds + self.extra, "channels": self.channels}
        heard = {"alternatives": [_alternative(self.transcript, seconds)]}
        answer = {"metadata": metadata, "results": {"channels": [heard]}}
        if not self.fails(Fault.CLOSE_MID_STREAM):
            return web.json_response(answer)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = len(json.dumps(answer))
        await response.prepare(request)
        await response.write(json.dumps(answer)[:20].encode())
        await self.drop(request)
        return response


class _Hearing:
    """What one connection to `/v1/listen` has heard."""

    def __init__(self, cloud: Any, socket: Any, request: web.Request, request_id: str) -> None:
        self.cloud, self.socket, self.request, self.id = cloud, socket, request, request_id
        self.rate = int(request.query["sample_rate"])
        self.seconds = self.finished = 0.0
        self.begun = False

    async def more(self, audio: bytes) -> bool:
        """False if the connection was dropped."""
        self.seconds += len(audio) / 2 / self.rate
        drops = self.cloud.fails(Fault.CLOSE_MID_STREAM) and self.cloud.drop_at is not None
        if drops and self.seconds >= self.cloud.drop_at:
            await self.cloud.drop(self.request)
            return False
        if self.seconds >= _START and not self.begun:
            self.begun = True
            await self.begin()
        return True

    async def begin(self) -> None:
        await self.socket.send_json({"type": "SpeechStarted", "channel": [0], "timestamp": 0.0})
        await self.socket.send_json(self.results(is_final=False))

    async def finish(self) -> None:
        if self.seconds > self.finished:
            await self.socket.send_json(self.results(is_final=True))
            self.finished = self.seconds

    async def close(self) -> None:
        await self.finish()
        if self.cloud.fails(Fault.CLOSE_MID_STREAM):
            await self.cloud.drop(self.request)
            return
        for _ in range(self.summaries):
            await self.socket.send_json(self.summary())
        await self.socket.close()

    @property
    def summaries(self) -> int:
        if self.cloud.fails(Fault.NO_USAGE):
            return 0
        return 2 if self.cloud.fails(Fault.USAGE_TWICE) else 1

    def summary(self) -> dict[str, Any]:
        return {
            "type": "Metadata",
            "transaction_key": "deprecated",
            "request_id": self.id,
            "sha256": "e3b0c442",
            "created": "2026-11-22T10:00:00.000Z",
            "duration": self.seconds + self.cloud.extra,
            "channels": self.cloud.channels,
        }

    def results(self, *, is_final: bool) -> dict[str, Any]:
        span = {"start": self.finished, "duration": self.seconds - self.finished}
        return {
            "type": "Results",
            "channel_index": [0, self.cloud.channels],
            **({} if self.cloud.fails(Fault.NO_USAGE) else span),
            "is_final": is_final,
            "speech_final": is_final,
            "channel": {"alternatives": [_alternative(self.cloud.transcript, self.seconds)]},
            "metadata": {"request_id": self.id, "model_uuid": "1"},
        }


class _Turns(_Hearing):
    """What one connection to `/v2/listen` has heard."""

    sequence = 0

    async def greet(self) -> None:
        await self.say({"type": "Connected"})

    async def begin(self) -> None:
        await self.turn("StartOfTurn")
        await self.turn("EndOfTurn")

    async def close(self) -> None:
        if self.cloud.fails(Fault.CLOSE_MID_STREAM):
            await self.cloud.drop(self.request)
            return
        for _ in range(2 if self.cloud.fails(Fault.USAGE_TWICE) else 1):
            await self.turn("Update")
        await self.socket.close()

    async def turn(self, event: str) -> None:
        words = self.cloud.transcript.split()
        window = {"audio_window_start": 0.0, "audio_window_end": self.seconds}
        await self.say(
            {
                "type": "TurnInfo",
                "event": event,
                "turn_index": 0,
                **({} if self.cloud.fails(Fault.NO_USAGE) else window),
                "transcript": self.cloud.transcript,
                "words": [{"word": word, "confidence": 0.9} for word in words],
                "end_of_turn_confidence": 0.8,
            }
        )

    async def say(self, message: dict[str, Any]) -> None:
        await self.socket.send_json(
            {**message, "request_id": self.id, "sequence_id": self.sequence}
        )
        self.sequence += 1


def _alternative(transcript: str, seconds: float) -> dict[str, Any]:
    words = [
        {"word": word, "start": 0.0, "end": seconds, "confidence": 0.9}
        for word in transcript.split()
    ]
    return {"transcript": transcript, "confidence": 0.9, "words": words}
