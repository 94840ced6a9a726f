"""Providers, model aliases and projects of whichever layer, and what of them is secret.

A resource's settings are the mapping that YAML would have. They are taken apart for the store: what
may be read by anybody, and what is encrypted (keys, whatever goes to a plugin and may be a key, and
addresses that carry a password).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from voicegateway.core.schema import GatewayConfig, ModelAlias, Project, ProviderEntry
from voicegateway.errors import ResourceInvalidError
from voicegateway.storage.managed.rows import Kind
from voicegateway.types import Secret

__all__ = [
    "Entry",
    "Kind",
    "Resource",
    "Source",
    "all_urls",
    "encoded",
    "entries",
    "joined",
    "masked",
    "put",
    "raw_settings",
    "split_settings",
    "urls_in",
]

Entry = ProviderEntry | ModelAlias | Project
Source = Literal["env", "yaml", "managed", "default", "ledger"]
"""`env`: an environment variable gives its key or names it; `default`: made when missing;
`ledger`: only rows tell of it."""

_OPEN: Final = frozenset({"enabled"})
"""Of a provider's settings: what is never secret."""
_HIDDEN: Final = "****"


@dataclass(frozen=True, slots=True)
class Resource:
    """One of them, as it applies."""

    kind: Kind
    id: str
    """A model's is `stt/alias`."""
    source: Source
    entry: Entry

    def settings(self) -> dict[str, Any]:
        """For JSON, secrets masked."""
        return masked(self.kind, raw_settings(self.entry))


def entries(config: GatewayConfig, kind: Kind) -> dict[str, Entry]:
    """All of a kind in a configuration, by id."""
    if kind == "provider":
        return dict(config.providers)
    if kind == "project":
        return dict(config.projects)
    models = config.models
    by_leg = {"stt": models.stt, "llm": models.llm, "tts": models.tts}
    return {f"{leg}/{name}": one for leg, found in by_leg.items() for name, one in found.items()}


def put(data: dict[str, Any], kind: Kind, name: str, settings: Mapping[str, Any]) -> None:
    """Adds a resource to a configuration's data, whose sections are then copies. Raises
    `ResourceInvalidError` for a model that is not named `stt/alias`."""
    if kind != "model":
        section = f"{kind}s"
        data[section] = {**(data.get(section) or {}), name: settings}
        return
    leg, slash, alias = name.partition("/")
    if leg not in ("stt", "llm", "tts") or not slash:
        raise ResourceInvalidError("A model's id is stt/NAME, llm/NAME or tts/NAME.")
    models = dict(data.get("models") or {})
    models[leg] = {**(models.get(leg) or {}), alias: settings}
    data["models"] = models


def raw_settings(entry: Entry) -> dict[str, Any]:
    """What was said of it, keys included. Raises `ResourceInvalidError` if JSON cannot say it."""
    try:
        raw = entry.model_dump(mode="json", exclude_unset=True)
    except ValueError:
        raise ResourceInvalidError("A setting has a value that JSON cannot hold.") from None
    if isinstance(entry, ProviderEntry) and entry.api_key is not None:
        raw["api_key"] = entry.api_key.get_secret_value()
    if isinstance(entry, Project) and "providers" in raw:
        raw["providers"] = {name: raw_settings(own) for name, own in entry.providers.items()}
    return raw


def split_settings(kind: Kind, raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What anybody may read, and what is secret; `joined` puts them together again."""
    if kind == "provider":
        hidden = {key: value for key, value in raw.items() if not _is_open(key, value)}
        return {key: value for key, value in raw.items() if key not in hidden}, hidden
    if kind == "project" and raw.get("providers"):
        parts = {name: split_settings("provider", own) for name, own in raw["providers"].items()}
        seen = {name: part[0] for name, part in parts.items()}
        hidden = {name: part[1] for name, part in parts.items() if part[1]}
        return {**raw, "providers": seen}, {"providers": hidden} if hidden else {}
    return dict(raw), {}


def joined(seen: Mapping[str, Any], hidden: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(seen)
    for key, value in hidden.items():
        own = whole.get(key)
        both = isinstance(own, Mapping) and isinstance(value, Mapping)
        whole[key] = joined(own, value) if both else value  # type: ignore[arg-type]
    return whole


def masked(kind: Kind, raw: Mapping[str, Any]) -> dict[str, Any]:
    """As a `Secret` shows itself, wherever something may be one."""
    seen, hidden = split_settings(kind, raw)
    stars: dict[str, Any] = _stars(hidden)
    return joined(seen, stars)


def _stars(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _stars(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_stars(one) for one in value]
    if value is None or isinstance(value, bool):
        return value
    return str(Secret(value)) if isinstance(value, str) else _HIDDEN


def _is_open(key: str, value: Any) -> bool:
    if key == "base_url":  # unless it carries a password or a token
        return not any(mark in str(value) for mark in "@?#")
    return key in _OPEN


def all_urls(kind: Kind, raw: Mapping[str, Any]) -> list[str]:
    """Every address that calls may be sent to, of a resource's settings."""
    if kind == "provider":
        base = raw.get("base_url")
        others = {key: value for key, value in raw.items() if key not in ("base_url", "api_key")}
        return [*([str(base)] if base else []), *urls_in(others)]
    if kind == "project":
        own = raw.get("providers") or {}
        return [url for settings in own.values() for url in all_urls("provider", settings)]
    return urls_in(raw.get("options"))


def urls_in(value: Any) -> list[str]:
    """The texts that look like addresses, however deep."""
    if isinstance(value, Mapping):
        return [url for one in value.values() for url in urls_in(one)]
    if isinstance(value, list | tuple):
        return [url for one in value for url in urls_in(one)]
    return [value] if isinstance(value, str) and "://" in value else []


def encoded(value: Mapping[str, Any]) -> str:
    """JSON for the store; an amount is a text there. Raises `ResourceInvalidError` for what JSON
    cannot hold."""
    try:
        return json.dumps(value, allow_nan=False, sort_keys=True, default=_amount)
    except (ValueError, TypeError, RecursionError):
        raise ResourceInvalidError("A setting has a value that JSON cannot hold.") from None


def _amount(value: object) -> str:
    if not isinstance(value, Decimal):
        raise TypeError
    return str(value)
