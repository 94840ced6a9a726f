"""Acme's ears."""

from __future__ import annotations

import asyncio

from livekit import rtc
from livekit.agents import stt
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from voicegateway.authoring import current_attempt
from voicegw_brook.client import Client


class AcmeSTT(Client, stt.STT):
    def __init__(self, *, api_key, base_url, language="en", punctuate=True):
        Client.__init__(self, api_key, base_url)
        stt.STT.__init__(
            self, capabilities=stt.STTCapabilities(streaming=True, interim_results=False)
        )
        self.language, self.punctuate = language, punctuate

    def stream(self, *, language=None, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return AcmeListening(stt=self, conn_options=conn_options)

    async def _recognize_impl(self, buffer, *, language=None, conn_options):
        frames = buffer if isinstance(buffer, list) else [buffer]
        data = b"".join(bytes(frame.data) for frame in frames)
        async with self.post("/v1/transcribe", conn_options, data=data) as response:
            answer = await response.json()
        self.note(answer)
        return heard(answer["text"])

    def note(self, answer):
        if "seconds" in answer:
            current_attempt().note(seconds=answer["seconds"])
            current_attempt().add(times_sent=1)


class AcmeListening(stt.RecognizeStream):
    async def _run(self):
        acme = self._stt
        async with acme.socket("/v1/listen", self._conn_options) as socket:
            sending = asyncio.create_task(self._send(socket))
            try:
                while (message := await acme.heard(socket)) is not None:
                    acme.note(message)
                    if "text" in message:
                        self._event_ch.send_nowait(heard(message["text"]))
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, socket):
        async for frame in self._input_ch:
            if isinstance(frame, rtc.AudioFrame):
                await socket.send_bytes(bytes(frame.data))
        await socket.send_json({"end": True})


def heard(text):
    return stt.SpeechEvent(
        type=stt.SpeechEventType.FINAL_TRANSCRIPT,
        request_id="request-1",
        alternatives=[stt.SpeechData(language="en", text=text)],
    )
