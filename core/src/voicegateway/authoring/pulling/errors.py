"""Why a page did not come."""

from __future__ import annotations

from voicegateway.errors import VoiceGatewayError

__all__ = ["PassingError", "PullError"]


class PullError(VoiceGatewayError):
    """A vendor's report that cannot be fetched: which, why, what to do. Never what the vendor
    answered, for that may repeat the key."""


class PassingError(Exception):
    """What may be over in a moment. `retry_after`: seconds that the vendor asks for."""

    def __init__(self, what: str, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after
