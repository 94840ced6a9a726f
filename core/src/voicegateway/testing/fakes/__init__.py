"""Native STT, LLM and TTS objects that follow a script and cost nothing.

Each counts its calls (`calls`) and fails the first `fails` of them, after `fail_after` chunks,
frames or characters: with `error`, or with `hang=True` by saying nothing more. Nothing is random.
"""

from __future__ import annotations

from voicegateway.testing.fakes.llm import FakeLLM
from voicegateway.testing.fakes.script import ScriptedError
from voicegateway.testing.fakes.stt import FakeSTT
from voicegateway.testing.fakes.tts import FakeTTS

__all__ = ["FakeLLM", "FakeSTT", "FakeTTS", "ScriptedError"]
