"""What somebody has set up in the sample store through the API, and how the audit log tells it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from voicegateway.core.resources import encoded
from voicegateway.storage.managed import Change, ManagedStore
from voicegateway.storage.managed.rows import Kind
from voicegateway.storage.targets import engine_for

__all__ = ["add_managed"]

_MADE: Final[tuple[tuple[Kind, str, str, dict[str, Any]], ...]] = (
    ("project", "pilot", "dashboard", {"name": "Pilot", "description": "A new customer"}),
    ("project", "festival", "mcp:planner", {"name": "Festival line", "daily_budget": "4.00"}),
    ("model", "tts/friendly", "dashboard", {"provider": "lark", "model": "voice-nova"}),
)
_CHANGED: Final = ("pilot", {"name": "Pilot", "description": "A new customer",
                             "monthly_budget": "25.00"})  # fmt: skip


def add_managed(ledger: Path) -> None:
    """Two projects and a model alias, and a budget given later."""
    store = ManagedStore(engine_for(ledger))
    for kind, name, actor, settings in _MADE:
        store.create(kind, name, encoded(settings), None, Change(actor, None, encoded(settings)))
    name, settings = _CHANGED
    for row in store.rows():
        if row.id == name:
            change = Change("api-key:operations", row.body, encoded(settings))
            store.replace(row, encoded(settings), None, change)
