"""The transcriptions endpoint and text-to-speech."""

import asyncio
import base64
import email
import io
import json
import math
import wave

from aiohttp import web
from openai_language import tokens

from voicegateway.testing import Fault

RATE = 24_000
TRANSCRIPT = "The quick brown fox jumps over the lazy dog"
SECONDS_A_CHARACTER = 0.05
BY_DURATION = ("whisper-1", "gpt-transcribe", "gpt-live-transcribe", "gpt-realtime-whisper")


def transcription_usage(model, seconds, prompt=""):
    """Ten tokens a second of audio. Models billed by duration say whole seconds."""
    if model in BY_DURATION:
        return {"type": "duration", "seconds": math.ceil(seconds)}
    audio, text, written = round(seconds * 10), tokens(prompt), tokens(TRANSCRIPT)
    return {
        "type": "tokens",
        "input_tokens": audio + text,
        "output_tokens": written,
        "total_tokens": audio + text + written,
        "input_token_details": {"audio_tokens": audio, "text_tokens": text},
    }


class SpeechRoutes:
    transcript = TRANSCRIPT
    encoded: bytes | None = None
    """Audio to answer with, in place of silence of the length of the text."""

    async def transcriptions(self, request):
        form = self.form(-1)
        model = form["model"].decode()
        with wave.open(io.BytesIO(form["file"])) as audio:
            seconds = audio.getnframes() / audio.getframerate()
        if self.fails(Fault.CLOSE_MID_STREAM):
            response = web.StreamResponse(headers={"Content-Type": "application/json"})
            response.content_length = 1000
            await response.prepare(request)
            await response.write(b'{"text": "The')
            await self.drop(request)
            return response
        answer = {"text": self.transcript}
        if form["response_format"] == b"verbose_json":
            answer |= {"task": "transcribe", "language": "english", "duration": seconds}
        if not self.fails(Fault.NO_USAGE):
            prompt = form.get("prompt", b"").decode()
            answer["usage"] = transcription_usage(model, seconds, prompt)
        return web.json_response(answer)

    def form(self, index):
        """The fields of a multipart request."""
        received = self.received[index]
        head = f"Content-Type: {received.headers['content-type']}\r\n\r\n".encode()
        parts = email.message_from_bytes(head + received.body).get_payload()
        return {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in parts
        }

    async def speech(self, request):
        asked = json.loads(self.received[-1].body)
        text = asked["input"]
        samples = round(len(text) * SECONDS_A_CHARACTER * RATE)
        audio = self.encoded or bytes(2 * samples)
        pieces = [audio[i : i + 9600] for i in range(0, len(audio), 9600)]
        sse = asked["stream_format"] == "sse"
        kind = "text/event-stream" if sse else f"audio/{asked['response_format']}"
        response = web.StreamResponse(headers={"Content-Type": kind, "x-request-id": "req_1"})
        await response.prepare(request)
        try:
            for index, piece in enumerate(pieces):
                await asyncio.sleep(self.pause)
                await response.write(self._spoken(piece) if sse else piece)
                if index == 1 and self.fails(Fault.CLOSE_MID_STREAM):
                    await self.drop(request)
                    return response
            if sse:
                await self._end_speech(response, asked, samples)
        except ConnectionError:  # the client has hung up
            pass
        return response

    @staticmethod
    def _spoken(piece):
        delta = {"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode()}
        return f"data: {json.dumps(delta)}\n\n".encode()

    async def _end_speech(self, response, asked, samples):
        read = tokens(asked["input"]) + tokens(asked.get("instructions", ""))
        spoken = round(samples / RATE * 20)
        done = {"type": "speech.audio.done"}
        if not self.fails(Fault.NO_USAGE):
            done["usage"] = {
                "input_tokens": read,
                "output_tokens": spoken,
                "total_tokens": read + spoken,
            }
        for _ in range(2 if self.fails(Fault.USAGE_TWICE) else 1):
            await response.write(f"data: {json.dumps(done)}\n\n".encode())
