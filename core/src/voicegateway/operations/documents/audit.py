"""Who changed what."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from voicegateway.operations.documents.base import Document, Time

__all__ = ["AuditEntry", "AuditPage"]


class AuditEntry(Document):
    """One change, made in the same transaction as this line."""

    id: int
    at: Time
    actor: str = Field(description="`api`, `mcp`, `dashboard`, `cli`, or the name of a key.")
    action: str = Field(examples=["create", "update", "delete", "rotate"])
    kind: str = Field(examples=["provider", "model", "project"])
    resource: str
    before: dict[str, Any] | None = Field(description="Secrets masked; null: there was none.")
    after: dict[str, Any] | None


class AuditPage(Document):
    """Newest first."""

    rows: list[AuditEntry]
    next_cursor: str | None = Field(description="Of the next page; null: there is no more.")
