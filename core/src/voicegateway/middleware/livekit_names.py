"""Every private name of LiveKit that the meter leans on, in one place.

`tests/test_livekit_names.py` pins them; when a release moves one, `missing` says which in a
sentence, the rows that can no longer be measured say `unverifiable`, and no call breaks.
"""

from __future__ import annotations

import asyncio
from typing import Any

from livekit.agents import llm, stt, tts
from livekit.agents.voice import agent_activity

__all__ = [
    "ADAPTER_CHILDREN",
    "SESSION_SWITCH",
    "STREAM_NAMES",
    "agent_session",
    "agent_session_of_listener",
    "main_task",
    "missing",
    "speech_id",
    "token_usage",
]

STREAM_NAMES: dict[type, tuple[str, ...]] = {
    llm.LLMStream: ("_run", "_emit_error", "_event_ch", "_task"),
    stt.RecognizeStream: ("_run", "_emit_error", "_event_ch", "_task"),
    tts.SynthesizeStream: ("_run", "_emit_error", "_event_ch", "_task", "_input_ch"),
    tts.ChunkedStream: ("_run", "_emit_error", "_event_ch", "_synthesize_task"),
}
"""What a stream of each kind must have for its attempts to be told apart."""

ADAPTER_CHILDREN = (
    "_stt_instances",
    "_llm_instances",
    "_tts_instances",
    "_stt",
    "_wrapped_tts",
)
"""Where LiveKit's fallback and stream adapters keep what they wrap."""

SESSION_SWITCH = "_update_activity"
"""The one method of an AgentSession through which every agent becomes the current one."""


def missing(stream: object) -> str | None:
    """A sentence that says which name has moved, or None if all are in place."""
    for kind, names in STREAM_NAMES.items():
        if isinstance(stream, kind):
            gone = [name for name in names if not hasattr(stream, name)]
            if gone:
                return f"LiveKit's {kind.__name__} no longer has {', '.join(gone)}"
            return None
    return f"{type(stream).__name__} is no stream that LiveKit's base classes made"


def main_task(stream: Any) -> asyncio.Task[None]:
    """The task that runs a stream's attempts one after the other."""
    task: asyncio.Task[None] = (
        stream._synthesize_task if isinstance(stream, tts.ChunkedStream) else stream._task
    )
    return task


def token_usage(stream: Any) -> tuple[int, int]:
    """Input and output tokens that a TTS plugin reported with `_set_token_usage`."""
    return getattr(stream, "_input_tokens", 0), getattr(stream, "_output_tokens", 0)


def speech_id() -> str | None:
    """The id of the speech (turn) that the present task belongs to."""
    variable = getattr(agent_activity, "_SpeechHandleContextVar", None)
    handle = variable.get(None) if variable is not None else None
    return getattr(handle, "id", None)


def agent_session() -> Any | None:
    """The AgentSession whose activity started the present task."""
    variable = getattr(agent_activity, "_AgentActivityContextVar", None)
    activity = variable.get(None) if variable is not None else None
    return getattr(activity, "session", None)


def agent_session_of_listener(callback: object) -> Any | None:
    """The AgentSession behind a listener, if it is a method of an agent's activity."""
    owner = getattr(callback, "__self__", None)
    return owner.session if isinstance(owner, agent_activity.AgentActivity) else None
