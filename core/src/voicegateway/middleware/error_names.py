"""How an error is named in rows and logs: never by its message, which may quote what was spoken,
or a key."""

from __future__ import annotations

__all__ = ["error_name"]


def error_name(error: BaseException) -> str:
    """Class, and status code if it has one."""
    status = getattr(error, "status_code", None)
    name = type(error).__name__
    return f"{name} {status}" if isinstance(status, int) and status > 0 else name
