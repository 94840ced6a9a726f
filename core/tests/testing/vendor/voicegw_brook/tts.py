"""Acme's voice."""

from __future__ import annotations

import asyncio

from livekit.agents import tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from voicegateway.authoring import current_attempt
from voicegw_brook.client import Client

RATE = 24_000


class AcmeTTS(Client, tts.TTS):
    def __init__(self, *, api_key, base_url, voice="nova", speed=1.0):
        Client.__init__(self, api_key, base_url)
        tts.TTS.__init__(
            self,
            capabilities=tts.TTSCapabilities(streaming=True),
            sample_rate=RATE,
            num_channels=1,
        )
        self.voice, self.speed = voice, speed

    def synthesize(self, text, *, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return AcmeReading(tts=self, input_text=text, conn_options=conn_options)

    def stream(self, *, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return AcmeSpeaking(tts=self, conn_options=conn_options)

    def begin(self, emitter, *, stream):
        emitter.initialize(
            request_id="request-1",
            sample_rate=RATE,
            num_channels=1,
            mime_type="audio/pcm",
            stream=stream,
        )

    def note(self, counted):
        if "characters" in counted:
            current_attempt().note(characters=int(counted["characters"]))
            current_attempt().add(times_sent=1)


class AcmeReading(tts.ChunkedStream):
    async def _run(self, output_emitter):
        acme = self._tts
        body = {"text": self.input_text}
        async with acme.post("/v1/read", self._conn_options, json=body) as response:
            acme.note({k.lower()[2:]: v for k, v in response.headers.items()})
            acme.begin(output_emitter, stream=False)
            async for data, _ in response.content.iter_chunks():
                output_emitter.push(data)
        output_emitter.flush()


class AcmeSpeaking(tts.SynthesizeStream):
    async def _run(self, output_emitter):
        acme = self._tts
        acme.begin(output_emitter, stream=True)
        async with acme.socket("/v1/speak", self._conn_options) as socket:
            sending = asyncio.create_task(self._send(socket))
            try:
                await self._receive(socket, output_emitter)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, socket):
        async for text in self._input_ch:
            if isinstance(text, str):
                self._mark_started()
                await socket.send_json({"text": text})
        await socket.send_json({"end": True})

    async def _receive(self, socket, emitter):
        acme, begun = self._tts, False
        while (message := await acme.heard(socket, self._conn_options.timeout)) is not None:
            if isinstance(message, bytes):
                if not begun:
                    emitter.start_segment(segment_id="1")
                    begun = True
                emitter.push(message)
            else:
                acme.note(message)
        if begun:
            emitter.end_segment()
