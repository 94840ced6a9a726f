"""Ask a model what a recording asks it, through the factories."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Protocol

from voicegateway.testing.recordings.model import Request
from voicegateway.testing.recordings.reading import SAMPLE_RATE
from voicegateway.types import Modality

if TYPE_CHECKING:
    from livekit import rtc

__all__ = ["Answer", "Asked", "ask", "make_model"]

_FRAME: Final = SAMPLE_RATE // 50
"""Samples in 20 ms."""


_FRAME_SECONDS: Final = 0.02


class Asked(Protocol):
    """What is asked of which model: a recording says it, among other things."""

    @property
    def provider(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def modality(self) -> Modality: ...
    @property
    def mode(self) -> str: ...
    @property
    def options(self) -> Mapping[str, Any]: ...
    @property
    def language(self) -> str | None: ...
    @property
    def voice(self) -> str | None: ...
    @property
    def request(self) -> Request: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call."""

    text: str = ""
    samples: int = 0
    """Of audio."""


def make_model(asked: Asked, base_url: str, api_key: str) -> Any:
    """The model, made through `voicegateway.inference`, whose gateway must know the provider.
    Raises what the factory raises."""
    from voicegateway import inference  # with LiveKit: 1.3 s

    settings = {"base_url": base_url, "api_key": api_key, **asked.options}
    if asked.language is not None:
        settings["language"] = asked.language
    if asked.voice is not None:
        settings["voice"] = asked.voice
    name = f"{asked.provider}/{asked.model}"
    if asked.modality is Modality.LLM:
        return inference.LLM(name, **settings)
    # Behind its last colon a name has a language or a voice: here there is always none.
    name = f"{name}:"
    if asked.modality is Modality.STT:
        return inference.STT(name, **settings)
    return inference.TTS(name, **settings)


async def ask(
    model: Any,
    asked: Asked,
    *,
    audio: Sequence[rtc.AudioFrame] | None = None,
    as_spoken: bool = False,
) -> Answer:
    """Ask a model, without a retry, and close it. Speech is as many seconds of silence as the
    request has unless `audio` is given; a stream of it is sent at once, or `as_spoken` in its own
    time. Raises what the call raises. Needs LiveKit's HTTP context."""
    request = asked.request
    try:
        if asked.modality is Modality.LLM:
            return await _chat(model, request)
        if asked.modality is Modality.TTS:
            return await _speak(model, request.text or "", asked.mode)
        frames = _silence(request.audio_seconds or Decimal(0)) if audio is None else audio
        if asked.mode == "batch":
            return await _recognize(model, frames)
        return await _listen(model, frames, _FRAME_SECONDS if as_spoken else 0)
    finally:
        await model.aclose()


async def _chat(model: Any, request: Request) -> Answer:
    from livekit.agents import llm

    context = llm.ChatContext.empty()
    for role, content in request.messages:
        context.add_message(role=role, content=content)  # type: ignore[arg-type]
    async with model.chat(chat_ctx=context, conn_options=_once()) as stream:
        deltas = [chunk.delta async for chunk in stream]
    return Answer("".join(delta.content or "" for delta in deltas if delta is not None))


async def _recognize(model: Any, frames: Sequence[rtc.AudioFrame]) -> Answer:
    event = await model.recognize(list(frames), conn_options=_once())
    return Answer(event.alternatives[0].text if event.alternatives else "")


async def _listen(model: Any, frames: Sequence[rtc.AudioFrame], pause: float) -> Answer:
    async with model.stream(conn_options=_once()) as stream:
        pushing = asyncio.create_task(_push(stream, frames, pause))
        try:
            return Answer(" ".join([text async for text in _finals(stream)]))
        finally:
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)


async def _push(stream: Any, frames: Sequence[rtc.AudioFrame], pause: float) -> None:
    for frame in frames:
        stream.push_frame(frame)
        if pause:
            await asyncio.sleep(pause)
    stream.end_input()


async def _finals(stream: AsyncIterable[Any]) -> AsyncIterable[str]:
    from livekit.agents import stt

    async for event in stream:
        if event.type is stt.SpeechEventType.FINAL_TRANSCRIPT and event.alternatives:
            yield event.alternatives[0].text


async def _speak(model: Any, text: str, mode: str) -> Answer:
    if mode == "batch":
        return await _hear(model.synthesize(text, conn_options=_once()))
    stream = model.stream(conn_options=_once())
    stream.push_text(text)
    stream.flush()
    stream.end_input()
    return await _hear(stream)


async def _hear(stream: Any) -> Answer:
    samples = 0
    async with stream:
        async for event in stream:
            samples += event.frame.samples_per_channel
    return Answer(samples=samples)


def _once() -> Any:
    from voicegateway.testing.recording import retries

    return retries(0)


def _silence(seconds: Decimal) -> list[rtc.AudioFrame]:
    from voicegateway.testing.recording import silence

    count, rest = divmod(int(seconds * SAMPLE_RATE), _FRAME)
    frames = [silence(_FRAME, SAMPLE_RATE) for _ in range(count)]
    return [*frames, silence(rest, SAMPLE_RATE)] if rest else frames
