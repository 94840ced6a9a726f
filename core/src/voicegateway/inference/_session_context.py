"""Which project and session a call belongs to.

The factory's own argument counts first; else, within an `AgentSession`, what was current when it
started, fixed for that session; else the caller's context.
"""

from __future__ import annotations

import contextvars
import weakref
from typing import Any

from voicegateway.inference._project import get_active_project
from voicegateway.middleware.call import Scope
from voicegateway.storage.models import new_call_id

__all__ = ["fix_session", "get_session_id", "scope_of", "start_session"]

_session: contextvars.ContextVar[str | None] = contextvars.ContextVar(
    "voicegw_session", default=None
)
_fixed: weakref.WeakKeyDictionary[Any, Scope] = weakref.WeakKeyDictionary()


def start_session() -> str:
    """Begin a session in the present context and return its id."""
    session_id = new_session_id()
    _session.set(session_id)
    return session_id


def get_session_id() -> str | None:
    """The session begun in the present context; None if none was."""
    return _session.get()


def new_session_id() -> str:
    return f"ses_{new_call_id()}"


def fix_session(agent_session: Any, project: str | None = None) -> Scope:
    """Fix what an AgentSession's calls belong to, the first time it is met.

    One whose author began no session gets an id of its own, so that each conversation has a
    receipt."""
    scope = _fixed.get(agent_session)
    if scope is None or project is not None:
        session_id = scope.session_id if scope else _session.get() or new_session_id()
        scope = Scope(project or get_active_project(), session_id)
        _fixed[agent_session] = scope
    return scope


def scope_of(agent_session: Any | None, project: str | None, session_id: str | None) -> Scope:
    """Whom a call made now belongs to; `project` and `session_id` are the factory's own."""
    if agent_session is not None:
        current = fix_session(agent_session)
    else:
        current = Scope(project or get_active_project(), _session.get())
    return Scope(project or current.project, session_id or current.session_id)
