"""What LiveKit's client knows of an attempt at speech and tells nobody: which text it sent, and how
long AssemblyAI says the audio is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from voicegateway.authoring import current_attempt
from voicegw_assemblyai.vendor_names import RUN, attach_of, send_of

__all__ = ["count_connection", "count_from_zero"]


def count_connection(connection: Any) -> bool:
    """Note what goes through a connection, by the attempt that holds it: `sentences` sent and their
    `characters`, and `audio_ms` made. Whether it can be counted."""
    send, attach = send_of(connection), attach_of(connection)
    if send is None or attach is None:
        return False

    def counted_send(frame: str) -> None:
        send(frame)
        _note_sent(frame)

    def counted_attach() -> Any:
        listener = attach()
        _count_audio(listener)
        return listener

    connection.send, connection.attach = counted_send, counted_attach
    return True


def _note_sent(frame: str) -> None:
    """`{"type": "Generate", "text": "..."}`; frames without text are commands."""
    counters = current_attempt()
    try:
        text = json.loads(frame).get("text")
    except (ValueError, AttributeError):
        counters.note(unreadable=True)
        return
    if isinstance(text, str):
        counters.add(sentences=1, characters=len(text))


def _count_audio(listener: Any) -> None:
    counters, push = current_attempt(), listener.push
    seen: set[object] = set()

    def counted(item: Any) -> None:
        push(item)
        if isinstance(item, dict) and item.get("type") == "FlushDone":
            made, number = item.get("audio_duration_ms"), item.get("flush_id")
            if isinstance(made, int | float) and number not in seen:
                seen.add(number)
                counters.add(audio_ms=made)

    listener.push = counted


def count_from_zero(stream: Any, counts: Callable[[], bool]) -> None:
    """An attempt that sends nothing has a count of 0, if what it sends would be counted."""
    run = getattr(stream, RUN)

    async def counted(*arguments: Any) -> None:
        if counts():
            current_attempt().add(sentences=0, characters=0)
        await run(*arguments)

    setattr(stream, RUN, counted)
