"""What is configured and how it is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from voicegateway.operations.documents.base import Document, Time
from voicegateway.operations.documents.resources import Provider

__all__ = ["Health", "LedgerStatus", "Status", "WriterStatus"]


class Health(Document):
    """That the server answers. Says nothing of what it serves."""

    status: Literal["ok"]
    uptime_seconds: float
    version: str


class WriterStatus(Document):
    """A process that writes to the ledger, or that lost records when it did."""

    host: str
    pid: int
    opened_at: Time
    live: bool
    lost: int
    last_error: str | None


class LedgerStatus(Document):
    """The database. What cannot be known because it cannot be read is null."""

    name: str = Field(description="Path or URL, without a password.")
    ok: bool
    error: str | None
    schema_version: int | None
    timezone: str | None
    open_requests: int | None
    newest_at: Time | None = Field(description="When the newest ended request started.")
    lost: int | None = Field(description="Records that never reached the ledger.")
    writers: list[WriterStatus]


class Status(Document):
    """The gateway as this process sees it."""

    version: str
    config_path: str | None = Field(description="Null: no file, all defaults.")
    timezone: str
    cost_tracking: bool = Field(description="Whether requests are recorded at all.")
    ledger: LedgerStatus
    providers: list[Provider]
    projects: int
    models: int
