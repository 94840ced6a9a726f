"""The factories: drop-in replacements for `livekit.agents.inference` that meter what they make.

    from voicegateway import inference

    session = AgentSession(
        stt=inference.STT("acme/swift-1:en"),
        llm=inference.LLM("acme/parrot-2"),
        tts=inference.TTS("acme/tone-1:nova"),
    )

They return the vendor's native LiveKit objects.
"""

from __future__ import annotations

from voicegateway.inference._attach import attach
from voicegateway.inference._factory import get_gateway, preload, reset_gateway
from voicegateway.inference._llm import LLM
from voicegateway.inference._project import get_active_project, reset_project, set_project
from voicegateway.inference._resolution import ModelResolutionError
from voicegateway.inference._session_context import get_session_id, start_session
from voicegateway.inference._stack import StackModels, stack
from voicegateway.inference._stt import STT
from voicegateway.inference._tts import TTS

__all__ = [
    "LLM",
    "STT",
    "TTS",
    "ModelResolutionError",
    "StackModels",
    "attach",
    "get_active_project",
    "get_gateway",
    "get_session_id",
    "preload",
    "reset_gateway",
    "reset_project",
    "set_project",
    "stack",
    "start_session",
]
