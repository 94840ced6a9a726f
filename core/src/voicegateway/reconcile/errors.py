"""What `voicegw reconcile` refuses."""

from __future__ import annotations

from voicegateway.errors import VoiceGatewayError

__all__ = ["ReconcileError"]


class ReconcileError(VoiceGatewayError):
    """The window, or a vendor's file, cannot be compared as it is. Nothing was compared."""
