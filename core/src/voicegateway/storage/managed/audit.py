"""Who changed what, and when. Rows are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from voicegateway.storage import feed
from voicegateway.storage.engine import Connection
from voicegateway.storage.managed.rows import Kind

__all__ = ["Action", "AuditEntry", "Subject", "read", "write"]

Action = Literal["create", "update", "delete", "rotate", "revoke"]
Subject = Kind | Literal["key"]
"""What was changed: a managed resource, or an API key."""

_INSERT: Final = (
    "INSERT INTO audit_log (at_us, actor, action, kind, resource, before_json, after_json) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_READ: Final = (
    "SELECT id, at_us, actor, action, kind, resource, before_json, after_json FROM audit_log "
    "WHERE id < ? ORDER BY id DESC LIMIT ?"
)
_BEYOND: Final = 2**62


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change."""

    id: int
    at_us: int
    """Microseconds since 1970 UTC."""
    actor: str
    """`api`, `mcp`, `dashboard`, `cli`, or the name of an API key."""
    action: Action
    kind: Subject
    resource: str
    before_json: str | None
    """What the resource said, secrets masked; None if there was none."""
    after_json: str | None


def write(
    connection: Connection,
    actor: str,
    action: Action,
    kind: Subject,
    resource: str,
    before: str | None,
    after: str | None,
) -> None:
    """In the transaction of the change itself."""
    values = (connection.now_us(), actor, action, kind, resource, before, after)
    connection.change(_INSERT, values)
    if kind in get_args(Kind):
        # Whoever may read may know what changed; what it says now, they have to ask.
        feed.note(connection, "config", {"action": action, "kind": kind, "id": resource})


def read(connection: Connection, limit: int, before: int | None) -> list[AuditEntry]:
    """At most `limit` entries, newest first, of those whose id is below `before`."""
    rows = connection.execute(_READ, (_BEYOND if before is None else before, limit))
    return [AuditEntry(*row) for row in rows]
