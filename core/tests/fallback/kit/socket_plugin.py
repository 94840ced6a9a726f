"""A plugin whose models are asked over real sockets: SSE, chunked HTTP and WebSocket. It minds no
timeout, as some vendors' clients do not."""

from __future__ import annotations

import asyncio
import contextlib
import json

import aiohttp
from livekit import rtc
from livekit.agents import APIConnectionError, APIError, APIStatusError, llm, stt, tts, utils

from voicegateway import hookimpl

RATE = 16_000
FOREVER = aiohttp.ClientTimeout(total=None)


@hookimpl
def create_llm(model, settings, options):
    return SocketLLM(model, settings.base_url)


@hookimpl
def create_tts(model, voice, settings, options):
    return SocketTTS(model, settings.base_url)


@hookimpl
def create_stt(model, language, settings, options):
    return SocketSTT(model, settings.base_url)


@contextlib.contextmanager
def livekits_errors():
    try:
        yield
    except aiohttp.WSServerHandshakeError as error:
        raise APIStatusError("refused", status_code=error.status) from None
    except (aiohttp.ClientError, OSError) as error:
        raise APIConnectionError(type(error).__name__) from None
    except (ValueError, KeyError):
        raise APIError("malformed event") from None


@contextlib.asynccontextmanager
async def post(url, body):
    with livekits_errors():
        session = utils.http_context.http_session()
        async with session.post(url, json=body, timeout=FOREVER) as response:
            if response.status >= 400:
                raise APIStatusError("refused", status_code=response.status)
            yield response.content


class Named:
    def __init__(self, model, url, **arguments):
        super().__init__(**arguments)
        self.url, self._model = url, model

    @property
    def model(self):
        return self._model

    @property
    def provider(self):
        return "socket"


class SocketLLM(Named, llm.LLM):
    def chat(self, *, chat_ctx, tools=None, conn_options=None, **_):
        return Thinking(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class Thinking(llm.LLMStream):
    async def _run(self):
        async with post(f"{self._llm.url}/llm", {}) as lines:
            async for line in lines:
                if line.startswith(b"data:"):
                    self._event_ch.send_nowait(self._chunk(json.loads(line[5:])))

    @staticmethod
    def _chunk(event):
        if "usage" in event:
            tokens_in, tokens_out = event["usage"]
            usage = llm.CompletionUsage(
                prompt_tokens=tokens_in, completion_tokens=tokens_out, total_tokens=0
            )
            return llm.ChatChunk(id="r", usage=usage)
        return llm.ChatChunk(id="r", delta=llm.ChoiceDelta(role="assistant", content=event["text"]))


class SocketTTS(Named, tts.TTS):
    def __init__(self, model, url):
        capabilities = tts.TTSCapabilities(streaming=False)
        super().__init__(model, url, capabilities=capabilities, sample_rate=RATE, num_channels=1)

    def synthesize(self, text, *, conn_options=None):
        return Speaking(tts=self, input_text=text, conn_options=conn_options)


class Speaking(tts.ChunkedStream):
    async def _run(self, output_emitter):
        output_emitter.initialize(
            request_id="r", sample_rate=RATE, num_channels=1, mime_type="audio/pcm"
        )
        async with post(f"{self._tts.url}/tts", {"text": self.input_text}) as body:
            async for data in body.iter_any():
                if data.startswith(b"!"):
                    raise ValueError(data)
                output_emitter.push(data)
        output_emitter.flush()


class SocketSTT(Named, stt.STT):
    def __init__(self, model, url):
        capabilities = stt.STTCapabilities(streaming=True, interim_results=True)
        super().__init__(model, url, capabilities=capabilities)

    async def _recognize_impl(self, buffer, *, language=None, conn_options):
        frame = utils.merge_frames(buffer)
        with livekits_errors():
            session = utils.http_context.http_session()
            body = bytes(frame.data.cast("b"))
            async with session.post(f"{self.url}/stt", data=body, timeout=FOREVER) as response:
                if response.status >= 400:
                    raise APIStatusError("refused", status_code=response.status)
                heard = await response.json(content_type=None)
                return transcript(heard["text"])

    def stream(self, *, language=None, conn_options=None):
        return Hearing(stt=self, conn_options=conn_options, sample_rate=RATE)


class Hearing(stt.RecognizeStream):
    async def _run(self):
        with livekits_errors():
            session = utils.http_context.http_session()
            async with session.ws_connect(f"{self._stt.url}/stt") as socket:
                sending = asyncio.create_task(self._send(socket))
                try:
                    await self._receive(socket)
                finally:
                    await utils.aio.cancel_and_wait(sending)

    async def _send(self, socket):
        async for frame in self._input_ch:
            if isinstance(frame, rtc.AudioFrame):
                await socket.send_bytes(bytes(frame.data.cast("b")))
        await socket.send_str("end")

    async def _receive(self, socket):
        async for message in socket:
            event = json.loads(message.data)
            if event.get("done"):
                return
            if "text" in event:
                self._event_ch.send_nowait(transcript(event["text"], final=event["final"]))
        raise APIConnectionError("closed")


def transcript(text, *, final=True):
    kinds = stt.SpeechEventType
    return stt.SpeechEvent(
        type=kinds.FINAL_TRANSCRIPT if final else kinds.INTERIM_TRANSCRIPT,
        alternatives=[stt.SpeechData(language="en", text=text)],
    )
