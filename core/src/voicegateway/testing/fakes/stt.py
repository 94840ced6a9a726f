"""An ear that hears the same whatever is said."""

from __future__ import annotations

import asyncio
from typing import Any

from livekit import rtc
from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions, stt

from voicegateway.testing.fakes.script import ScriptedError, go_wrong

__all__ = ["FakeSTT"]


class FakeSTT(stt.STT[Any]):
    """Hears `transcript` in whatever it is given. A stream says what it used every
    `report_seconds` of audio and the rest when it is closed, or nothing at all with
    `report_seconds=None`, or a second time with `usage_twice=True`; it transcribes once
    `hears_after` seconds were pushed. `recognize` says nothing of what it used."""

    def __init__(
        self,
        transcript: str = "hello there",
        *,
        streaming: bool = True,
        report_seconds: float | None = 5.0,
        hears_after: float = 0.5,
        fails: int = 0,
        fail_after: int = 0,
        hang: bool = False,
        usage_twice: bool = False,
        error: type[Exception] = ScriptedError,
    ) -> None:
        super().__init__(
            capabilities=stt.STTCapabilities(streaming=streaming, interim_results=streaming)
        )
        self.transcript, self.report_seconds, self.hears_after = (
            transcript,
            report_seconds,
            hears_after,
        )
        self.fails, self.fail_after = fails, fail_after
        self.error, self.hang, self.usages = error, hang, 2 if usage_twice else 1
        self.calls = 0
        self.heard_seconds = 0.0
        """Of all streams together."""

    @property
    def model(self) -> str:
        return "ear-1"

    @property
    def provider(self) -> str:
        return "fake"

    def heard(self) -> stt.SpeechEvent:
        return stt.SpeechEvent(
            type=stt.SpeechEventType.FINAL_TRANSCRIPT,
            request_id=f"request-{self.calls}",
            alternatives=[stt.SpeechData(language="en", text=self.transcript)],  # type: ignore[arg-type]
        )

    async def _recognize_impl(self, *_: Any, **__: Any) -> stt.SpeechEvent:
        self.calls += 1
        await asyncio.sleep(0)
        if self.calls <= self.fails:
            await go_wrong(self)
        return self.heard()

    def stream(
        self,
        *,
        language: Any = None,  # noqa: ARG002 - part of LiveKit's signature
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> FakeRecognizeStream:
        return FakeRecognizeStream(stt=self, conn_options=conn_options)


class FakeRecognizeStream(stt.RecognizeStream):
    async def _run(self) -> None:
        fake: FakeSTT = self._stt  # type: ignore[assignment]
        fake.calls += 1
        call, frames, heard = fake.calls, 0, False
        total = reported = 0.0
        try:
            async for frame in self._input_ch:
                if not isinstance(frame, rtc.AudioFrame):
                    continue
                frames += 1
                if call <= fake.fails and frames > fake.fail_after:
                    await go_wrong(fake)
                total += frame.duration
                fake.heard_seconds += frame.duration
                if fake.report_seconds is not None and total - reported >= fake.report_seconds:
                    self._report(total - reported)
                    reported = total
                if not heard and total >= fake.hears_after:
                    heard = True
                    self._event_ch.send_nowait(fake.heard())
        finally:
            if fake.report_seconds is not None and total > reported:
                self._report(total - reported)

    def _report(self, seconds: float) -> None:
        fake: FakeSTT = self._stt  # type: ignore[assignment]
        usage = stt.RecognitionUsage(audio_duration=seconds)
        kind = stt.SpeechEventType.RECOGNITION_USAGE
        for _ in range(fake.usages):
            self._event_ch.send_nowait(stt.SpeechEvent(type=kind, recognition_usage=usage))
