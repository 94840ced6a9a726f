"""The models that Anthropic sells, as of 2026-11-22."""

from __future__ import annotations

from typing import Final

__all__ = ["MODELS"]

MODELS: Final = (
    "claude-haiku-5-5",
    "claude-haiku-4-5",
    "claude-sonnet-5-5",
    "claude-sonnet-5",
    "claude-sonnet-4-6",
    "claude-sonnet-4-5",
    "claude-opus-5-5",
    "claude-opus-5",
    "claude-opus-4-8",
    "claude-opus-4-7",
    "claude-opus-4-6",
    "claude-opus-4-5",
    "claude-fable-5-2",
    "claude-fable-5-1",
)
"""Faster ones first. Source: the models that https://platform.claude.com/docs/en/api/service-tiers
lists (stored copy); a name that is not here works all the same."""
