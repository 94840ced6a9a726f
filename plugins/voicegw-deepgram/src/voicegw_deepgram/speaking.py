"""The streams of LiveKit's Deepgram TTS classes, which count the characters that they send and
keep those that Deepgram says it bills."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from livekit.agents import tts
from livekit.plugins.deepgram import tts as aura
from livekit.plugins.deepgram import tts_v2 as flux

from voicegateway.authoring import current_attempt
from voicegw_deepgram import names
from voicegw_deepgram.answers import note_headers, reading
from voicegw_deepgram.turns import note_turn

__all__ = ["AuraChunks", "AuraStream", "FluxChunks", "FluxStream", "overhear_turns"]


class AuraChunks(aura.ChunkedStream):
    """One request: its answer's header `dg-char-count` is what is billed."""

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        with reading(note_headers):
            await super()._run(output_emitter)


class FluxChunks(flux.ChunkedStreamv2):
    """As `AuraChunks`."""

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        with reading(note_headers):
            await super()._run(output_emitter)


class AuraStream(aura.SynthesizeStream):
    """Deepgram counts nothing on this WebSocket; we count what is sent."""

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        _begin(aura.SynthesizeStream)
        await super()._run(output_emitter)

    async def _run_ws(self, word_stream: Any, output_emitter: tts.AudioEmitter) -> None:
        await super()._run_ws(_counted(word_stream), output_emitter)


class FluxStream(flux.SynthesizeStreamv2):
    """As `AuraStream`; here Deepgram counts each turn: see `overhear_turns`."""

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        _begin(flux.SynthesizeStreamv2)
        await super()._run(output_emitter)

    async def _run_ws(self, word_stream: Any, output_emitter: tts.AudioEmitter) -> None:
        await super()._run_ws(_counted(word_stream), output_emitter)


def _begin(native: type) -> None:
    """Say that nothing was sent yet, unless that could not be counted."""
    if hasattr(native, names.RUN_WS):
        current_attempt().note(sent_characters=0)


async def _counted_words(words: Any) -> AsyncIterator[Any]:
    attempt = current_attempt()
    async for word in words:
        attempt.add(sent_characters=len(word.token) + 1)  # LiveKit sends a space behind each
        yield word


def _counted(words: Any) -> Any:
    return _counted_words(words)


def overhear_turns(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Note the `SpeechMetadata` of each turn in the attempt that receives it: connections are
    kept and serve many attempts."""
    receive = socket.receive

    async def overheard(timeout: float | None = None) -> aiohttp.WSMessage:  # noqa: ASYNC109 - aiohttp's
        message = await receive(timeout)
        if message.type is aiohttp.WSMsgType.TEXT:
            note_turn(_parsed(message.data), current_attempt())
        return message

    socket.receive = overheard  # type: ignore[method-assign]


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None  # LiveKit reads it next and says what is wrong
