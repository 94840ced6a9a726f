"""Groq's API on the loopback interface, in the shapes of https://console.groq.com/docs/api-reference
and of Groq's own SDK: chat completions over server-sent events, transcriptions, speech."""

import asyncio
import email
import io
import itertools
import json
import wave
from dataclasses import dataclass

from aiohttp import web

from voicegateway.testing import Fault, LoopbackCloud

ROOT = "/openai/v1"


@dataclass
class Answer:
    """What the language model says to every request, and how Groq counts it."""

    words: tuple = ("Hello ", "there.")
    reasoning: tuple = ()
    prompt_tokens: int | None = None
    """None: a token a word of the prompt, and 8 for the rest."""
    cached_tokens: int | None = None
    completion_tokens: int = 6
    reasoning_tokens: int | None = None
    service_tier: str | None = "on_demand"
    usage_in: tuple = ("x_groq", "chunk")
    pause: float = 0.0
    """Seconds before each word but the first."""
    error: bool = False
    """An `error` event behind the first word."""


class GroqCloud(LoopbackCloud):
    def __init__(self, answer=None, fault=None, *, times=None):
        super().__init__(fault, times=times)
        self.answer = answer or Answer()
        self.transcript = "hello world"
        self.hears = None
        """Seconds that Groq says it heard; None: those it was sent."""
        self.pause = 0.0
        """Seconds between the two halves of what is spoken."""
        self._ids = itertools.count(1)

    def add_routes(self, router):
        router.add_get(f"{ROOT}/models", self.models)
        router.add_post(f"{ROOT}/chat/completions", self.chat)
        router.add_post(f"{ROOT}/audio/transcriptions", self.transcribe)
        router.add_post(f"{ROOT}/audio/speech", self.speak)

    def error_body(self, status):
        return {"error": {"message": f"scripted {status}", "type": "invalid_request_error"}}

    def asked(self, path):
        """Requests for a path below the root."""
        return [one for one in self.received if one.path == f"{ROOT}/{path}"]

    async def models(self, request):
        return web.json_response({"object": "list", "data": []})

    async def chat(self, request):
        body = await request.json()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for part in self.parts(body):
            if isinstance(part, float):
                await asyncio.sleep(part)
            elif part is None:
                await asyncio.sleep(0.05)  # so that what was sent arrives
                await self.drop(request)
                return response
            else:
                await response.write(part)
        await response.write(b"data: [DONE]\n\n")
        return response

    def parts(self, body):
        answer, number = self.answer, next(self._ids)
        own = {"id": f"req_{number}"}

        def chunk(delta=None, reason=None, **more):
            choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
            return _event(
                {
                    "id": f"chatcmpl-{number}",
                    "object": "chat.completion.chunk",
                    "created": 1_795_000_000,
                    "model": body["model"],
                    "choices": [] if delta is None else [choice],
                    **(
                        {} if answer.service_tier is None else {"service_tier": answer.service_tier}
                    ),
                    **more,
                }
            )

        yield chunk({"role": "assistant", "content": ""}, x_groq=own)
        for thought in answer.reasoning:
            yield chunk({"reasoning": thought, "channel": "analysis"})
        for word in answer.words:
            yield chunk({"content": word})
            if answer.error:
                yield b'event: error\ndata: {"error": {"message": "over capacity"}}\n\n'
                return
            if self.fails(Fault.CLOSE_MID_STREAM):
                yield None
                return
            yield answer.pause
        usage = self.usage(body)
        final = {**own, "usage": usage} if usage and "x_groq" in answer.usage_in else own
        yield chunk({}, "stop", x_groq=final)
        if usage and "chunk" in answer.usage_in:
            for _ in range(2 if self.fails(Fault.USAGE_TWICE) else 1):
                yield chunk(usage=usage)

    def usage(self, body):
        if self.fails(Fault.NO_USAGE):
            return None
        answer = self.answer
        prompt = answer.prompt_tokens
        if prompt is None:
            prompt = 8 + len(json.dumps(body["messages"]).split(" "))
        usage = {
            "queue_time": 0.01,
            "prompt_tokens": prompt,
            "prompt_time": 0.002,
            "completion_tokens": answer.completion_tokens,
            "completion_time": 0.01,
            "total_tokens": prompt + answer.completion_tokens,
            "total_time": 0.012,
        }
        if answer.cached_tokens is not None:
            usage["prompt_tokens_details"] = {"cached_tokens": answer.cached_tokens}
        if answer.reasoning_tokens is not None:
            usage["completion_tokens_details"] = {"reasoning_tokens": answer.reasoning_tokens}
        return usage

    async def transcribe(self, request):
        fields = form(request, await request.read())
        self.messages.append({name: value for name, value in fields.items() if name != "file"})
        if self.fails(Fault.CLOSE_MID_STREAM):
            await self.drop(request)
            return web.Response()
        body = {"text": self.transcript, "x_groq": {"id": f"req_{next(self._ids)}"}}
        if fields["response_format"] == "verbose_json":
            body |= {"task": "transcribe", "language": "English", "segments": []}
            if not self.fails(Fault.NO_USAGE):
                body["duration"] = seconds(fields["file"]) if self.hears is None else self.hears
        return web.json_response(body)

    async def speak(self, request):
        body = await request.json()
        sound = wav(960 * len(body["input"]))  # 20 ms a character
        response = web.StreamResponse(headers={"Content-Type": "audio/wav"})
        await response.prepare(request)
        half = len(sound) // 2
        await response.write(sound[:half])
        if self.fails(Fault.CLOSE_MID_STREAM):
            await asyncio.sleep(0.05)
            await self.drop(request)
            return response
        await asyncio.sleep(self.pause)
        await response.write(sound[half:])
        return response


def _event(data):
    return f"data: {json.dumps(data)}\n\n".encode()


def form(request, body):
    """The fields of a multipart form; texts as text, the file as bytes."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    fields = {}
    for part in email.message_from_bytes(head + body).get_payload():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        fields[name] = value if name == "file" else value.decode()
    return fields


def seconds(sound):
    with wave.open(io.BytesIO(sound)) as file:
        return file.getnframes() / file.getframerate()


def wav(samples):
    """Silence, mono, 48 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(48_000)
        writer.writeframes(bytes(2 * samples))
    return file.getvalue()
