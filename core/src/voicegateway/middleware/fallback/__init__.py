"""Fallback at run time: LiveKit's adapters over metered models, with a recovery policy of ours.

Every attempt stays a row of its own; the row of the next model says in `fallback_from` which one
failed before it. The adapters themselves are not metered.
"""

from __future__ import annotations

from voicegateway.middleware.fallback.llm import LLMFallback
from voicegateway.middleware.fallback.recovery import Cooldown
from voicegateway.middleware.fallback.stt import STTFallback
from voicegateway.middleware.fallback.tts import TTSFallback

__all__ = ["Cooldown", "LLMFallback", "STTFallback", "TTSFallback"]
