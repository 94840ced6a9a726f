"""Test doubles for people who build on VoiceGateway: native LiveKit objects without a network,
a ledger in memory, and the tests that a ledger engine must pass.

Each name is imported when it is first used: the ledger's tests need pytest and no LiveKit, the
fakes need LiveKit and no pytest."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicegateway.testing.cloud import Fault, LoopbackCloud, Received
    from voicegateway.testing.conformance.suite import LedgerConformance, LedgerPlace
    from voicegateway.testing.fakes import FakeLLM, FakeSTT, FakeTTS, ScriptedError
    from voicegateway.testing.recording import MemoryLedger, drain, prompt, retries, silence

__all__ = [
    "FakeLLM",
    "FakeSTT",
    "FakeTTS",
    "Fault",
    "LedgerConformance",
    "LedgerPlace",
    "LoopbackCloud",
    "MemoryLedger",
    "Received",
    "ScriptedError",
    "drain",
    "prompt",
    "retries",
    "silence",
]

_MODULES = {
    "cloud": ("Fault", "LoopbackCloud", "Received"),
    "conformance.suite": ("LedgerConformance", "LedgerPlace"),
    "fakes": ("FakeLLM", "FakeSTT", "FakeTTS", "ScriptedError"),
    "recording": ("MemoryLedger", "drain", "prompt", "retries", "silence"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"voicegateway.testing.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
