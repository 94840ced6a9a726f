"""Providers that run on your own machine: Whisper, Piper, Kokoro, llama.cpp and Ollama.

Each is a folder of its own behind an entry point of its own; none imports LiveKit or an engine
before one of its factories is called.
"""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
