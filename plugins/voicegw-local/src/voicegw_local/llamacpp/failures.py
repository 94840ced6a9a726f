"""What goes wrong in the engine, as the errors LiveKit knows. None carries the engine's own words
about a request: they may quote the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livekit.agents import APIConnectionError, APIError, APIStatusError

from voicegw_local.llamacpp.engine import Part

__all__ = ["failed_to_load", "refused", "unfinished"]

_TOO_LONG = "exceed_context_size_error"


def refused(error: Mapping[str, Any], *, output_sent: bool) -> APIError:
    """For an `{"error": ...}` of the engine's. A client's error (4xx) fails again as it is; a
    server's may not, and is worth another try until something has been said."""
    code, kind = error.get("code", 500), str(error.get("type", "unknown"))
    message = f"llama.cpp refused the request ({kind})"
    if kind == _TOO_LONG:
        message = (
            f"The conversation has {error.get('n_prompt_tokens')} tokens and the model takes "
            f"{error.get('n_ctx')}: shorten it, or raise the option n_ctx"
        )
    return APIStatusError(
        message, status_code=code if isinstance(code, int) else 500, retryable=not output_sent
    )


def unfinished(part: Part, *, output_sent: bool) -> APIError:
    """For a request that ended without being done."""
    if part.lost:
        return APIConnectionError(
            "The process that runs llama.cpp has ended", retryable=not output_sent
        )
    if "image input" in str(part.error):
        return APIStatusError("This model takes no images", status_code=400)
    return APIStatusError("llama.cpp cannot use the request as it is", status_code=400)


def failed_to_load(error: Exception) -> APIError:
    """For a model that is here and cannot be used: another try ends the same way."""
    return APIConnectionError(f"llama.cpp could not load the model: {error}", retryable=False)
