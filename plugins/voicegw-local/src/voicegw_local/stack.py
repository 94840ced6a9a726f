"""A whole voice stack without a server, a key or a network."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["LOCAL"]

LOCAL: Mapping[str, str] = MappingProxyType(
    {
        "stt": "whisper/tiny.en",
        "llm": "llamacpp/smollm2-135m-instruct",
        "tts": "piper/en_US-joe-medium",
    }
)
"""What `voicegw.stacks` names `local`: 220 MB of small models, for trying things out."""
