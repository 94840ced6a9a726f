"""Why nothing could be recorded."""

from __future__ import annotations

__all__ = ["RecorderError"]


class RecorderError(Exception):
    """One sentence that says what is wrong and how to mend it, without a key."""
