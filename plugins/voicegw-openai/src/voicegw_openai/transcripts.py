"""Look at what comes over a connection of realtime transcription: LiveKit adds text and audio
tokens together, and leaves out the seconds of models that are billed by duration.

Events: https://developers.openai.com/api/reference/resources/realtime
"""

from __future__ import annotations

import json
from typing import Any, Final

import aiohttp

from voicegateway.authoring import AttemptCounters, current_attempt
from voicegw_openai.counters import note_transcription

__all__ = ["watch_transcripts"]

_COMPLETED: Final = "conversation.item.input_audio_transcription.completed"
_FAILED: Final = "conversation.item.input_audio_transcription.failed"
_COMMITTED: Final = "input_audio_buffer.committed"
_STARTED: Final = "input_audio_buffer.speech_started"
_OVER: Final = {
    aiohttp.WSMsgType.CLOSE,
    aiohttp.WSMsgType.CLOSING,
    aiohttp.WSMsgType.CLOSED,
    aiohttp.WSMsgType.ERROR,
}
_LOOKED_FOR: Final = (_COMPLETED, _FAILED, _COMMITTED, _STARTED)


class _Connection:
    """One connection, which may serve several streams one after the other: what is noted goes to
    the attempt that receives it."""

    def __init__(self) -> None:
        self._settled: set[str] = set()
        """Items whose transcription has ended. A connection lives for ten minutes at most."""

    def look(self, attempt: AttemptCounters, text: str) -> None:
        attempt.note(connected=True)
        if not any(kind in text for kind in _LOOKED_FOR):
            return
        try:
            event = json.loads(text)
        except ValueError:
            return
        if isinstance(event, dict):
            self._note(attempt, event)

    def _note(self, attempt: AttemptCounters, event: dict[str, Any]) -> None:
        kind = event.get("type")
        if kind == _COMMITTED:
            attempt.add(committed=1)
        elif kind == _STARTED:
            attempt.note(heard_speech=True)
        elif kind in {_COMPLETED, _FAILED}:
            self._end(attempt, kind, event)

    def _end(self, attempt: AttemptCounters, kind: str, event: dict[str, Any]) -> None:
        item = str(event.get("item_id"))
        if item in self._settled:
            attempt.add(repeated=1)
            return
        self._settled.add(item)
        if kind == _COMPLETED:
            note_transcription(attempt, event.get("usage"))
        else:
            attempt.add(failed_transcriptions=1)


def watch_transcripts(
    socket: aiohttp.ClientWebSocketResponse,
) -> aiohttp.ClientWebSocketResponse:
    """Shadow `receive` on this one connection."""
    receive, connection = socket.receive, _Connection()

    async def watched(*arguments: Any, **keywords: Any) -> aiohttp.WSMessage:
        message = await receive(*arguments, **keywords)
        if message.type is aiohttp.WSMsgType.TEXT:
            connection.look(current_attempt(), message.data)
        elif message.type in _OVER:
            current_attempt().note(connected=False)
        return message

    socket.receive = watched  # type: ignore[method-assign]
    return socket
