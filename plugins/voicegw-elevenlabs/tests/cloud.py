"""ElevenLabs on the loopback interface. Shapes: https://elevenlabs.io/docs/api-reference, as of the
vendor's SDK of 2026-07-23."""

import asyncio
import base64
import email
import json
import math

from aiohttp import web
from sound import RATE, alignment, encoded, spoken

from voicegateway.testing import Fault, LoopbackCloud

__all__ = ["ElevenLabsCloud", "Scribe", "Speaker"]


async def fields(request):
    """Of a multipart form, whose body the base class has read."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    form = email.message_from_bytes(head + await request.read())
    name = "content-disposition"
    return {
        p.get_param("name", header=name): p.get_payload(decode=True) for p in form.get_payload()
    }


def is_mp3(request):
    return request.query["output_format"].startswith("mp3")


class ElevenLabsCloud(LoopbackCloud):
    """Key in `xi-api-key`; errors as `{"detail": {"status", "message"}}`."""

    credits_each = 0.5
    """Of a character: the model is Flash unless a test says otherwise."""
    says_count = True
    """Whether `x-character-count` comes beside `character-cost`."""
    voice_multiple = 1

    def authorized(self, request):
        return request.headers.get("xi-api-key") == self.key

    def error_body(self, status):
        return {"detail": {"status": "scripted", "message": f"scripted {status}"}}

    def charged(self, text):
        headers = [("request-id", "req_1"), ("x-trace-id", "trace_1")]
        if self.fails(Fault.NO_USAGE):
            return headers
        cost = math.ceil(len(text) * self.credits_each) * self.voice_multiple
        counters = [("character-cost", str(cost))]
        if self.says_count:
            counters.append(("x-character-count", str(len(text))))
        return headers + counters * (2 if self.fails(Fault.USAGE_TWICE) else 1)


class Speaker(ElevenLabsCloud):
    """Text-to-speech: `/v1/text-to-speech` and, for v3 and v4, `/v1/text-to-dialogue`."""

    drop_after = 1
    """Sentences that are spoken before `Fault.CLOSE_MID_STREAM` cuts the line."""
    pauses = False
    """Whether an answer over HTTP stops halfway."""

    def add_routes(self, router):
        router.add_get("/v1/models", self.models)
        router.add_post("/v1/text-to-speech/{voice}/stream", self.speak)
        router.add_post("/v1/text-to-dialogue/stream", self.speak)
        router.add_get("/v1/text-to-speech/{voice}/multi-stream-input", self.converse)
        router.add_get("/v1/text-to-dialogue/multi-stream-input", self.discuss)

    async def models(self, request):
        return web.json_response([{"model_id": "eleven_flash_v2_5"}])

    async def speak(self, request):
        body = await request.json()
        text = body["text"] if "text" in body else "".join(i["text"] for i in body["inputs"])
        response = web.StreamResponse()
        response.content_type = "audio/mpeg" if is_mp3(request) else "audio/pcm"
        for name, value in self.charged(text):
            response.headers.add(name, value)
        await response.prepare(request)
        sound = spoken(text, request.query["output_format"])
        half = len(sound) // 4 * 2
        await response.write(sound[:half])
        if self.fails(Fault.CLOSE_MID_STREAM):
            await self.drop(request)
            return response
        if self.pauses:
            await self.hang()
        await response.write(sound[half:])
        await response.write_eof()
        return response

    async def converse(self, request):
        names = ("chars", "charStartTimesMs", "charDurationsMs")

        def voiced(context, text):
            marks = alignment(text, *names)
            return {
                "audio": encoded(text, request.query["output_format"]),
                "alignment": marks,
                "normalizedAlignment": marks,
                "isFinal": None,
                "contextId": context,
            }

        def final(context):
            return {"isFinal": True, "contextId": context}

        return await self._contexts(request, lambda message: message.get("text"), voiced, final)

    async def discuss(self, request):
        names = ("chars", "char_start_times_ms", "char_durations_ms")

        def said(message):
            return "".join(line["text"] for line in message.get("inputs", []))

        def voiced(context, text):
            sound = encoded(text, request.query["output_format"])
            return {"audio": sound, "alignment": alignment(text, *names), "context_id": context}

        def final(context):
            return {"is_final": True, "context_id": context}

        return await self._contexts(request, said, voiced, final)

    async def websocket(self, request):
        """After `Fault.HANG` it says nothing but goodbye, which the client would wait for."""
        if not self.fails(Fault.HANG):
            return await super().websocket(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for _ in socket:
            pass
        return socket

    async def _contexts(self, request, said, voiced, final):
        """One socket, several contexts: each is spoken sentence by sentence, and closed."""
        dropping, sentences = self.fails(Fault.CLOSE_MID_STREAM), 0
        socket = await self.websocket(request)
        async for frame in socket:
            message = json.loads(frame.data)
            self.messages.append(message)
            context, text = message["context_id"], said(message)
            if message.get("close_context"):
                await socket.send_json(final(context))
            elif text and text.strip():
                await socket.send_json(voiced(context, text))
                sentences += 1
                if dropping and sentences >= self.drop_after:
                    await self.drop(request)
        return socket


class Scribe(ElevenLabsCloud):
    """Speech-to-text: one request, or a realtime socket that is closed when `closes` is set and
    the client has committed."""

    text = "hello world"
    closes = True

    def add_routes(self, router):
        router.add_get("/v1/models", Speaker.models.__get__(self))
        router.add_post("/v1/speech-to-text", self.transcribe)
        router.add_get("/v1/speech-to-text/realtime", self.listen)

    async def transcribe(self, request):
        form = await fields(request)
        wav = form.pop("file")
        self.messages.append({name: value.decode() for name, value in form.items()})
        seconds = (len(wav) - 44) / 2 / int.from_bytes(wav[24:28], "little")
        if self.fails(Fault.CLOSE_MID_STREAM):
            await self.drop(request)
            return web.Response()
        body = {
            "language_code": "eng",
            "language_probability": 0.98,
            "text": self.text,
            "words": self.words(),
            "transcription_id": "tr_1",
        }
        if not self.fails(Fault.NO_USAGE):
            body["audio_duration_secs"] = seconds
        return web.json_response(body, headers=[("request-id", "req_1"), ("x-trace-id", "t_1")])

    def words(self):
        words = self.text.split()
        return [
            {"text": word, "start": i, "end": i + 0.5, "type": "word", "speaker_id": "speaker_0"}
            for i, word in enumerate(words)
        ]

    async def listen(self, request):
        dropping = self.fails(Fault.CLOSE_MID_STREAM)
        socket = await self.websocket(request)
        await socket.send_json(
            {"message_type": "session_started", "session_id": "sess_1", "config": {}}
        )
        partial = {"message_type": "partial_transcript", "text": self.text.split()[0]}
        async for frame in socket:
            message = json.loads(frame.data)
            self.messages.append(message)
            if message["commit"]:
                await self.commit(socket)
                if self.closes:
                    await socket.close()
            elif message["audio_base_64"] and partial:
                await socket.send_json(partial)
                partial = None
                if dropping:
                    await self.drop(request)
        return socket

    async def commit(self, socket):
        committed = {"message_type": "committed_transcript", "text": self.text}
        await socket.send_json(committed)
        kind = "committed_transcript_with_timestamps"
        await socket.send_json(
            {"message_type": kind, "text": self.text, "language_code": "en", "words": self.words()}
        )

    async def until_heard(self, seconds):
        """Wait until so much audio has come."""
        while self.heard_seconds() < seconds:  # noqa: ASYNC110 - it comes message by message
            await asyncio.sleep(0.01)

    def heard_seconds(self):
        """Of the audio that came over the realtime socket."""
        chunks = (base64.b64decode(m.get("audio_base_64", "")) for m in self.messages)
        return sum(map(len, chunks)) / 2 / RATE
