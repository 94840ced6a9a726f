"""The models that Groq serves and LiveKit's plugin names, as of 2026-11-22."""

from __future__ import annotations

from typing import Final

__all__ = ["LLM_MODELS", "STT_MODELS", "TTS_MODELS"]

LLM_MODELS: Final = (
    "openai/gpt-oss-20b",
    "openai/gpt-oss-120b",
    "llama-3.1-8b-instant",
    "llama-3.3-70b-versatile",
    "meta-llama/llama-4-scout-17b-16e-instruct",
    "moonshotai/kimi-k2-instruct-0905",
    "qwen/qwen3-32b",
)
STT_MODELS: Final = ("whisper-large-v3-turbo", "whisper-large-v3")
TTS_MODELS: Final = ("canopylabs/orpheus-v1-english", "canopylabs/orpheus-arabic-saudi")
