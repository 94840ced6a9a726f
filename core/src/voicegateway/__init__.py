"""VoiceGateway: the ledger and the safety valve of LiveKit voice agents.

Nothing here is imported until it is used: `import voicegateway` costs a few milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicegateway import inference
    from voicegateway.hookspecs import hookimpl
    from voicegateway.inference import attach, preload

__version__ = "0.1.0"
__all__ = ["__version__", "attach", "hookimpl", "inference", "preload"]


def __getattr__(name: str) -> object:
    # Lazily: an agent's worker, the CLI and every plugin import this package at start-up.
    if name == "hookimpl":
        from voicegateway.hookspecs import hookimpl

        return hookimpl
    if name in {"inference", "attach", "preload"}:
        import importlib

        inference = importlib.import_module("voicegateway.inference")
        return inference if name == "inference" else getattr(inference, name)
    raise AttributeError(f"module 'voicegateway' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
