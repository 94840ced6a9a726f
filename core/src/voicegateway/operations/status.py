"""What is configured and how it is, and who changed it."""

from __future__ import annotations

import json
import time
from typing import Any

from voicegateway import __version__
from voicegateway.errors import LedgerError
from voicegateway.operations.documents.audit import AuditEntry, AuditPage
from voicegateway.operations.documents.status import Health, LedgerStatus, Status
from voicegateway.operations.providers import ProviderReads
from voicegateway.storage import queries
from voicegateway.storage.managed import AuditEntry as Noted
from voicegateway.storage.reads.texts import time_text

__all__ = ["StatusReads"]


class StatusReads(ProviderReads):
    """Raise `ConfigError` and, where it is not said otherwise, `LedgerError`."""

    def health(self) -> Health:
        """That the process answers. Touches neither ledger nor configuration."""
        return Health(
            status="ok",
            uptime_seconds=round(time.monotonic() - self.started, 3),
            version=__version__,
        )

    def status(self) -> Status:
        """The gateway at a glance. A ledger that cannot be read is a part of it, no error."""
        gateway = self.gateway
        layers = gateway.config_manager.layers_at_start()
        tracking = gateway.config.cost_tracking
        return Status(
            version=__version__,
            config_path=None if gateway.config_path is None else str(gateway.config_path),
            timezone=tracking.timezone,
            cost_tracking=tracking.enabled and gateway.config.observability.cost_tracking,
            ledger=self._ledger(),
            providers=self._providers(layers.resources("provider")),
            projects=len(gateway.list_projects()),
            models=len(layers.resources("model")),
        )

    def audit_log(self, *, cursor: int | None = None, limit: int = 50) -> AuditPage:
        """Newest first; `cursor` is the page before's."""
        found = self.gateway.config_manager.audit_log(limit + 1, cursor)
        rows = [_noted(one) for one in found[:limit]]
        more = len(found) > limit and rows
        return AuditPage(rows=rows, next_cursor=str(rows[-1].id) if more else None)

    def _ledger(self) -> LedgerStatus:
        try:
            with self.reading() as reader:
                return LedgerStatus.model_validate(_known(reader.name, queries.health(reader)))
        except LedgerError as error:
            return LedgerStatus.model_validate(_unknown(self.ledger_name, str(error)))


def _known(name: str, found: queries.Health) -> dict[str, Any]:
    writers = [
        {
            "host": one.host.partition("/")[0],
            "pid": one.pid,
            "opened_at": time_text(one.opened_us),
            "live": one.live,
            "lost": one.lost,
            "last_error": one.last_error,
        }
        for one in found.writers
    ]
    return {
        "name": name,
        "ok": True,
        "error": None,
        "schema_version": found.schema_version,
        "timezone": found.timezone,
        "open_requests": found.open,
        "newest_at": None if found.newest_us is None else time_text(found.newest_us),
        "lost": found.lost,
        "writers": writers,
    }


def _unknown(name: str, error: str) -> dict[str, Any]:
    names = ("schema_version", "timezone", "open_requests", "newest_at", "lost")
    return {"name": name, "ok": False, "error": error, "writers": [], **dict.fromkeys(names)}


def _noted(entry: Noted) -> AuditEntry:
    return AuditEntry(
        id=entry.id,
        at=time_text(entry.at_us),
        actor=entry.actor,
        action=entry.action,
        kind=entry.kind,
        resource=entry.resource,
        before=None if entry.before_json is None else json.loads(entry.before_json),
        after=None if entry.after_json is None else json.loads(entry.after_json),
    )
