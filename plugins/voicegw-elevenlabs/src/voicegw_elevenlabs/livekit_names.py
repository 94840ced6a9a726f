"""Every private name of LiveKit's ElevenLabs plugin that is leaned on here, in one place.

`tests/test_livekit_names.py` pins them. When a release moves one, calls go on: what it was needed
for is no longer recovered, and the rows are priced by what the meter saw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

__all__ = ["CONNECTION", "SEND_TEXT", "SENT_AUDIO", "count_text", "flush_sent_audio"]

CONNECTION: Final = "_current_connection"
"""`TTS`: a coroutine; its result begins with the WebSocket that all streams share."""
SEND_TEXT: Final = "send_content"
"""Of that connection: called in the task of the stream, with an object that has `text`."""
SENT_AUDIO: Final = "_audio_duration_collector"
"""`SpeechStream`: sums up the seconds sent, says them every 5 s, and has `flush`."""

_WATCHED: Final = "_voicegw_watched"


def count_text(connection: Any, count: Callable[[int], None]) -> None:
    """Have `count` told the characters of every text handed to a connection, once however often
    this is asked."""
    send = getattr(connection, SEND_TEXT, None)
    if send is None or getattr(connection, _WATCHED, False):
        return

    def counted(content: Any) -> None:
        send(content)
        count(len(getattr(content, "text", "")))

    setattr(connection, SEND_TEXT, counted)
    setattr(connection, _WATCHED, True)


def flush_sent_audio(stream: Any) -> bool:
    """Say the seconds that were sent and not said yet; False where that is no longer possible."""
    flush = getattr(getattr(stream, SENT_AUDIO, None), "flush", None)
    if flush is None:
        return False
    flush()
    return True
