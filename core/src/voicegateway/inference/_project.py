"""The active project: a context variable, so that each task may have its own."""

from __future__ import annotations

import contextvars
import os

__all__ = ["get_active_project", "reset_project", "set_project"]

_active: contextvars.ContextVar[str | None] = contextvars.ContextVar(
    "voicegw_project", default=None
)


def set_project(project: str) -> None:
    """Attribute calls made from the present context to `project`."""
    if not isinstance(project, str) or not project.strip():
        raise ValueError("set_project needs a project id, a non-empty string.")
    _active.set(project)


def get_active_project() -> str:
    """`set_project`'s, else `VOICEGW_ACTIVE_PROJECT`, else the config's `default_project`."""
    chosen = _active.get() or os.environ.get("VOICEGW_ACTIVE_PROJECT")
    if chosen:
        return chosen
    from voicegateway.inference._factory import get_gateway  # it imports this module's callers

    return get_gateway().config.default_project


def reset_project() -> None:
    """Forget what `set_project` said in the present context."""
    _active.set(None)
