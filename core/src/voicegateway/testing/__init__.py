"""Test doubles for people who build on VoiceGateway: native LiveKit objects without a network."""

from voicegateway.testing.fakes import FakeLLM, FakeSTT, FakeTTS, ScriptedError
from voicegateway.testing.recording import MemoryLedger, drain, prompt, retries, silence

__all__ = [
    "FakeLLM",
    "FakeSTT",
    "FakeTTS",
    "MemoryLedger",
    "ScriptedError",
    "drain",
    "prompt",
    "retries",
    "silence",
]
