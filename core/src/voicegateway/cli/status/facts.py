"""What the command knows, as `--json` prints it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final, get_args

from voicegateway import __version__
from voicegateway.cli.doctor.plugins import survey
from voicegateway.cli.doctor.server import host_of, is_loopback, usable_keys
from voicegateway.cli.reading import ledger_of
from voicegateway.cli.status.providers import providers
from voicegateway.core.config import LedgerPlace, database_target
from voicegateway.core.gateway import Gateway
from voicegateway.core.layers import Layers
from voicegateway.core.resources import Kind
from voicegateway.core.schema import GatewayConfig, ModelAlias
from voicegateway.core.stacks import installed_stacks
from voicegateway.errors import LedgerError
from voicegateway.storage.queries import health
from voicegateway.storage.reads.texts import time_text

__all__ = ["facts"]

_VARIABLES: Final = (
    *("VOICEGW_CONFIG", "VOICEGW_DB_PATH", "VOICEGW_SECRET", "VOICEGW_SECRET_FALLBACK"),
    *("VOICEGW_API_KEY", "VOICEGW_MCP_TOKEN", "VOICEGW_ACTIVE_PROJECT"),
    *("VOICEGW_HOST", "VOICEGW_PORT"),
)
_UNKNOWN: Final = ("schema_version", "open_requests", "newest_at", "lost")


def facts(path: Path | None, timeout: float) -> dict[str, Any]:
    """Asks the plugins in another process. A ledger that cannot be read is part of the answer.
    Raises `ConfigError`."""
    gateway = Gateway(path)
    layers, config = gateway.config_manager.layers_at_start(), gateway.config
    return {
        "version": __version__,
        "config": {
            "path": None if layers.path is None else str(layers.path),
            "environment": [name for name in _VARIABLES if os.environ.get(name)],
            "managed": _managed(layers),
        },
        "timezone": config.cost_tracking.timezone,
        "cost_tracking": config.cost_tracking.enabled and config.observability.cost_tracking,
        "ledger": _ledger(config),
        "providers": providers(gateway, layers, survey(gateway, timeout)),
        "models": _models(layers),
        "stacks": _stacks(config),
        "projects": _projects(gateway),
        "server": _server(config),
    }


def _managed(layers: Layers) -> int:
    """How many resources of the store apply."""
    kinds: tuple[Kind, ...] = get_args(Kind)
    return sum(one.source == "managed" for kind in kinds for one in layers.resources(kind))


def _ledger(config: GatewayConfig) -> dict[str, Any]:
    target = database_target(config.cost_tracking.db_path)
    try:
        with ledger_of(LedgerPlace(target)) as reader:
            name, found = reader.name, health(reader)
    except LedgerError as error:
        return {"name": None, "ok": False, "error": str(error), **dict.fromkeys(_UNKNOWN)}
    return {
        "name": name,
        "ok": True,
        "error": None,
        "schema_version": found.schema_version,
        "open_requests": found.open,
        "newest_at": None if found.newest_us is None else time_text(found.newest_us),
        "lost": found.lost,
    }


def _models(layers: Layers) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "provider": one.entry.provider,
            "model": one.entry.model,
            "source": one.source,
        }
        for one in layers.resources("model")
        if isinstance(one.entry, ModelAlias)
    ]


def _stacks(config: GatewayConfig) -> list[dict[str, Any]]:
    """Those of plugins by name alone: no plugin is imported for it."""
    offered = [name for name in installed_stacks() if name not in config.stacks]
    own = config.stacks.items()
    return [
        *({"id": name, **stack.model_dump(), "source": "yaml"} for name, stack in own),
        *(
            {"id": name, "stt": None, "llm": None, "tts": None, "source": "plugin"}
            for name in offered
        ),
    ]


def _projects(gateway: Gateway) -> list[dict[str, Any]]:
    return [
        {
            "id": info.id,
            "source": info.source,
            "daily_budget_usd": _text(info.settings.daily_budget),
            "monthly_budget_usd": _text(info.settings.monthly_budget),
            "budget_action": info.settings.budget_action,
        }
        for info in gateway.list_projects()
    ]


def _text(amount: object) -> str | None:
    return None if amount is None else f"{amount}"


def _server(config: GatewayConfig) -> dict[str, Any]:
    host = host_of(config)
    return {
        "host": host,
        "port": int(os.environ.get("VOICEGW_PORT") or config.server.port),
        "exposed": not is_loopback(host),
        "keys": usable_keys(config),
    }
