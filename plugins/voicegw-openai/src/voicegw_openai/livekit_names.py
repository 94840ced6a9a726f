"""Every private name of livekit-plugins-openai that this package leans on, in one place.

`tests/test_livekit_names.py` pins them. Where a release has moved one, calls go on, and their rows
say `usage_missing` or what LiveKit itself makes of the usage.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

__all__ = ["CONNECT", "GENERATE", "SOCKET", "shadow_generate"]

logger = logging.getLogger("voicegw_openai")

CONNECT: Final = "_connect_ws"
"""Of `STT`: opens the connection of realtime transcription. Overridden in our subclass."""
SOCKET: Final = "_ws"
"""Of `responses.LLM`: what speaks to the Responses API over WebSocket, or None."""
GENERATE: Final = "generate_response"
"""Of that: an async iterator over one response's events."""


def shadow_generate(llm: Any, shadow: Callable[[Any], Any]) -> None:
    """Put `shadow(original)` in place of what yields the events of a response, on one object that
    uses WebSockets."""
    socket = getattr(llm, SOCKET, None)
    original = getattr(socket, GENERATE, None)
    if socket is None or original is None:
        logger.warning(
            "livekit-plugins-openai has moved responses.LLM.%s.%s: of responses that fail or are "
            "incomplete the usage is not known. Please tell us which version you use.",
            SOCKET,
            GENERATE,
        )
        return
    setattr(socket, GENERATE, shadow(original))
