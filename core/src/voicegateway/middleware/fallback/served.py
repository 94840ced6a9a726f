"""Who served a request, on LiveKit's own spans."""

from __future__ import annotations

from typing import Any

from livekit.agents.telemetry import trace_types
from opentelemetry import trace

__all__ = ["mark_served"]

_NAMES = (
    "ATTR_GEN_AI_RESPONSE_MODEL",
    "ATTR_GEN_AI_PROVIDER_NAME",
    "ATTR_FALLBACK_LABEL",
    "ATTR_FALLBACK_INDEX",
    "gen_ai_provider_name",
)
_KNOWN = all(hasattr(trace_types, name) for name in _NAMES)  # not at the lowest LiveKit we allow


def mark_served(child: Any, index: int, request: trace.Span | None, caller: trace.Span) -> None:
    """The adapter's span gets the model that answered and its place in the chain; the caller's
    the model."""
    if not _KNOWN:
        return
    response = {trace_types.ATTR_GEN_AI_RESPONSE_MODEL: str(child.model)}
    provider = trace_types.gen_ai_provider_name(child.provider)
    if provider:
        response[trace_types.ATTR_GEN_AI_PROVIDER_NAME] = provider
    caller.set_attributes(response)
    if request is not None:
        request.set_attributes(response)
        request.set_attribute(trace_types.ATTR_FALLBACK_LABEL, child.label)
        request.set_attribute(trace_types.ATTR_FALLBACK_INDEX, index)
