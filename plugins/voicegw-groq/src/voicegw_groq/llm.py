"""Groq's language models as LiveKit's own object, with the vendor's counters read beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livekit.plugins import groq

from voicegateway.authoring import declare_terms
from voicegateway.pricing import llm_prices
from voicegateway.types import ProviderSettings
from voicegw_groq.client import CountingClient
from voicegw_groq.settings import arguments
from voicegw_groq.vendor import CLIENT, missing

__all__ = ["GroqLLM", "make_llm"]


def make_llm(model: str, settings: ProviderSettings, options: Mapping[str, Any]) -> GroqLLM:
    """Raises `ValueError` for an option that there is not."""
    given = arguments(groq.LLM, settings, options)
    llm_prices.prepare()
    made = GroqLLM(model=model, **given)
    if isinstance(tier := given.get("service_tier"), str):
        declare_terms(made, service_tier=tier)  # unless the answer says another
    return made


class GroqLLM(groq.LLM):
    """LiveKit's object; only its streams are read along."""

    def chat(self, **arguments: Any) -> Any:
        stream = super().chat(**arguments)
        if missing(stream) is None:
            setattr(stream, CLIENT, CountingClient(getattr(stream, CLIENT)))
        return stream
