"""The vendor's LiveKit objects: the SDK, so to speak."""

from __future__ import annotations

import asyncio
import base64
import json

import aiohttp
from acme_plugin import note_billed
from livekit import rtc
from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    APIConnectionError,
    APIStatusError,
    llm,
    stt,
    tts,
    utils,
)

RATE = 16_000


class Api:
    """How all three ask: a bearer token, the key once more in a header, a token in the query."""

    def __init__(self, settings):
        self.base = settings.base_url
        self.key = settings.api_key.reveal()

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.key}", "X-Api-Key": self.key}

    def socket(self, path):
        url = f"{self.base.replace('http', 'ws', 1)}{path}?token={self.key}&model=swift-1"
        session = utils.http_context.http_session()
        return session.ws_connect(url, headers=self.headers)

    def post(self, path, **body):
        session = utils.http_context.http_session()
        return session.post(self.base + path, headers=self.headers, **body)


def check(response):
    if response.status != 200:
        raise APIStatusError("acme refused", status_code=response.status)


class AcmeSTT(stt.STT):
    def __init__(self, settings, language, *, punctuate=False):
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=False))
        self.api, self.language = Api(settings), language or "en"

    async def _recognize_impl(self, buffer, *, language=None, conn_options=None):
        form = aiohttp.FormData()
        form.add_field("file", rtc.combine_audio_frames(buffer).to_wav_bytes(), filename="a.wav")
        async with self.api.post("/v1/transcribe", data=form) as response:
            check(response)
            heard = await response.json()
        note_billed({"audio_seconds": heard["duration"]})
        return final(self.language, heard["text"])

    def stream(self, *, language=None, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return AcmeRecognizeStream(stt=self, conn_options=conn_options, sample_rate=RATE)


def final(language, text):
    heard = stt.SpeechData(language=language, text=text)
    return stt.SpeechEvent(type=stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[heard])


class AcmeRecognizeStream(stt.RecognizeStream):
    async def _run(self):
        async with self._stt.api.socket("/v1/listen") as socket:
            sending = asyncio.create_task(self._send(socket))
            try:
                async for message in socket:
                    self._heard(json.loads(message.data))
            finally:
                await utils.aio.gracefully_cancel(sending)

    async def _send(self, socket):
        async for frame in self._input_ch:
            if isinstance(frame, rtc.AudioFrame):
                await socket.send_bytes(bytes(frame.data))
        await socket.send_json({"type": "CloseStream"})

    def _heard(self, said):
        if said["type"] == "Results":
            self._event_ch.send_nowait(final(self._stt.language, said["text"]))
        elif said["type"] == "Metadata":
            note_billed({"audio_seconds": said["duration"]})


class AcmeLLM(llm.LLM):
    def __init__(self, settings):
        super().__init__()
        self.api = Api(settings)

    def chat(self, *, chat_ctx, tools=None, conn_options=DEFAULT_API_CONNECT_OPTIONS, **_):
        return AcmeChat(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class AcmeChat(llm.LLMStream):
    async def _run(self):
        said = [{"role": m.role, "content": m.text_content} for m in self.chat_ctx.items]
        async with self._llm.api.post("/v1/chat", json={"messages": said}) as response:
            check(response)
            async for line in response.content:
                if line.startswith(b"data: {"):
                    self._read(json.loads(line.removeprefix(b"data: ")))

    def _read(self, said):
        if "usage" in said:
            note_billed(said["usage"])
            return
        delta = llm.ChoiceDelta(role="assistant", content=said["delta"])
        self._event_ch.send_nowait(llm.ChatChunk(id=said["id"], delta=delta))


class AcmeTTS(tts.TTS):
    def __init__(self, settings, voice):
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=True), sample_rate=RATE, num_channels=1
        )
        self.api, self.voice = Api(settings), voice

    def synthesize(self, text, *, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return AcmeChunked(tts=self, input_text=text, conn_options=conn_options)

    def stream(self, *, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return AcmeSpeech(tts=self, conn_options=conn_options)


class AcmeChunked(tts.ChunkedStream):
    async def _run(self, output_emitter):
        async with self._tts.api.post("/v1/speak", json={"text": self.input_text}) as response:
            check(response)
            output_emitter.initialize(
                request_id="1", sample_rate=RATE, num_channels=1, mime_type="audio/pcm"
            )
            async for data, _ in response.content.iter_chunks():
                output_emitter.push(data)


class AcmeSpeech(tts.SynthesizeStream):
    async def _run(self, output_emitter):
        output_emitter.initialize(
            request_id="1", sample_rate=RATE, num_channels=1, mime_type="audio/pcm", stream=True
        )
        context = utils.shortuuid()
        output_emitter.start_segment(segment_id=context)
        async with self._tts.api.socket("/v1/speak/stream") as socket:
            async for piece in self._input_ch:
                if isinstance(piece, str):
                    self._mark_started()
                    await socket.send_json({"type": "Speak", "text": piece, "context": context})
            await socket.send_json({"type": "Flush", "context": context})
            await self._hear(socket, context, output_emitter)
        output_emitter.end_segment()

    async def _hear(self, socket, context, output_emitter):
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                output_emitter.push(message.data)
                continue
            said = json.loads(message.data)
            if said["context"] != context:
                raise APIConnectionError("acme answered somebody else")
            if said.get("done"):
                return
            output_emitter.push(base64.b64decode(said["audio"]))
        raise APIConnectionError("acme hung up")
