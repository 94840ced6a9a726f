"""`/v1/events`: what happens, as it happens, whichever process on the store it happens in."""

from __future__ import annotations

from voicegateway.server.events.routes import router

__all__ = ["router"]
