"""Test doubles for people who build on VoiceGateway: native LiveKit objects without a network,
a provider that makes them, vendors' clouds on the loopback interface, a gateway that sees nothing
installed, a ledger in memory; and the tests that a provider plugin or a ledger engine must pass.

Each name is imported when it is first used: the ledger's tests need pytest and no LiveKit, the
fakes and the bench need LiveKit and no pytest, the providers' tests need both, and Hypothesis.
`voicegateway.testing.fixtures` is a pytest plugin that is never loaded unless it is named."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicegateway.testing.bench import AttemptRow, PluginBench, plugin_bench
    from voicegateway.testing.cloud import Fault, LoopbackCloud, Received
    from voicegateway.testing.conformance.suite import LedgerConformance, LedgerPlace
    from voicegateway.testing.fake_provider import FAKE_RATES, Asked, FakeProvider
    from voicegateway.testing.fakes import FakeLLM, FakeSTT, FakeTTS, ScriptedError
    from voicegateway.testing.providers.suite import (
        LLMConformance,
        PricingConformance,
        STTConformance,
        TTSConformance,
    )
    from voicegateway.testing.pulling import PullConformance
    from voicegateway.testing.reconciling.hostile import UsageExportConformance
    from voicegateway.testing.reconciling.suite import ReconcileConformance
    from voicegateway.testing.recording import MemoryLedger, drain, prompt, retries, silence
    from voicegateway.testing.recordings import (
        Recording,
        ReplayCloud,
        check_recording,
        read_recording,
    )
    from voicegateway.testing.usage_cloud import Trouble, UsageAsked, UsageCloud

__all__ = [
    "FAKE_RATES",
    "Asked",
    "AttemptRow",
    "FakeLLM",
    "FakeProvider",
    "FakeSTT",
    "FakeTTS",
    "Fault",
    "LLMConformance",
    "LedgerConformance",
    "LedgerPlace",
    "LoopbackCloud",
    "MemoryLedger",
    "PluginBench",
    "PricingConformance",
    "PullConformance",
    "Received",
    "ReconcileConformance",
    "Recording",
    "ReplayCloud",
    "STTConformance",
    "ScriptedError",
    "TTSConformance",
    "Trouble",
    "UsageAsked",
    "UsageCloud",
    "UsageExportConformance",
    "check_recording",
    "drain",
    "plugin_bench",
    "prompt",
    "read_recording",
    "retries",
    "silence",
]

_MODULES = {
    "bench": ("AttemptRow", "PluginBench", "plugin_bench"),
    "cloud": ("Fault", "LoopbackCloud", "Received"),
    "conformance.suite": ("LedgerConformance", "LedgerPlace"),
    "fake_provider": ("FAKE_RATES", "Asked", "FakeProvider"),
    "fakes": ("FakeLLM", "FakeSTT", "FakeTTS", "ScriptedError"),
    "providers.suite": (
        "LLMConformance",
        "PricingConformance",
        "STTConformance",
        "TTSConformance",
    ),
    "reconciling.hostile": ("UsageExportConformance",),
    "reconciling.suite": ("ReconcileConformance",),
    "pulling": ("PullConformance",),
    "recording": ("MemoryLedger", "drain", "prompt", "retries", "silence"),
    "recordings": ("Recording", "ReplayCloud", "check_recording", "read_recording"),
    "usage_cloud": ("Trouble", "UsageAsked", "UsageCloud"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"voicegateway.testing.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
