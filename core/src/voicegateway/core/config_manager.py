"""Reads the configuration in its layers, and changes what is managed in the store.

    manager = ConfigManager()
    manager.create("project", "support", {"daily_budget": "5.00"}, actor="api")
    await gateway.refresh_config()

A managed resource is checked as part of the whole configuration, by the schema that YAML is
checked by, before it is written; each write and its line in the audit log are one transaction.
Methods are synchronous and wait for the database: an event loop calls them in a thread.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, NoReturn, TypeVar

from voicegateway.core import sealing
from voicegateway.core.base_urls import check_base_url
from voicegateway.core.config import database_target, find_config, load_config
from voicegateway.core.engines import engine_factory
from voicegateway.core.faults import key_path
from voicegateway.core.layers import Layers, ManagedResource, merge, opened
from voicegateway.core.resources import (
    Kind,
    Resource,
    all_urls,
    encoded,
    entries,
    masked,
    raw_settings,
)
from voicegateway.core.yaml_edits import Edit, edit_file
from voicegateway.errors import (
    ConfigError,
    LedgerError,
    ReadOnlyResourceError,
    ResourceError,
    ResourceExistsError,
    ResourceInvalidError,
    ResourceNotFoundError,
    SecretError,
)
from voicegateway.storage.managed import AuditEntry, Change, ManagedRow, ManagedStore
from voicegateway.storage.targets import engine_for

__all__ = ["ConfigManager", "Edit"]

T = TypeVar("T")

_log = logging.getLogger("voicegateway.config")

_TRIES: Final = 50
_PAUSE_SECONDS: Final = 0.05


class ConfigManager:
    """One config file and the store that it names. Keeps nothing in memory: each call reads what
    is there now."""

    def __init__(self, config_path: str | os.PathLike[str] | None = None) -> None:
        self._explicit = config_path

    @cached_property
    def store(self) -> ManagedStore:
        """Where managed resources are: the ledger's database."""
        target = database_target(load_config(self._explicit).config.cost_tracking.db_path)
        return ManagedStore(engine_for(target, engine_factory=engine_factory(target)))

    def layers(self) -> Layers:
        """The configuration that applies now. Raises `ConfigError`, `LedgerError`."""
        yaml = load_config(self._explicit)
        managed = self._managed()
        try:
            return merge(yaml, managed)
        except ConfigError as error:
            raise ConfigError(
                f"The managed resources in {self.store.name} do not fit the configuration: {error}."
            ) from None

    def layers_at_start(self) -> Layers:
        """The same; if the store cannot be read, the file alone, and a warning."""
        try:
            return self.layers()
        except LedgerError as error:
            _log.warning("%s The config file alone applies until refresh_config().", error)
            return merge(load_config(self._explicit), [])

    def list(self, kind: Kind) -> Sequence[Resource]:
        """All that the file and the store have, sorted by id."""
        return self.layers().resources(kind)

    def get(self, kind: Kind, name: str) -> Resource:
        """Raises `ResourceNotFoundError`."""
        found = [one for one in self.list(kind) if one.id == name]
        return found[0] if found else _missing(kind, name)

    def create(self, kind: Kind, name: str, settings: Mapping[str, Any], *, actor: str) -> Resource:
        """A new managed resource with the settings that YAML would have. Raises
        `ReadOnlyResourceError`, `ResourceExistsError`, `ResourceInvalidError`."""
        self.require_managed(kind, name)
        if any((row.kind, row.id) == (kind, name) for row in self.store.rows()):
            _taken(kind, name)
        made, raw = self._checked(kind, name, settings)
        body, sealed = sealing.seal(kind, raw, self.store)
        change = Change(actor, None, encoded(masked(kind, raw)))
        if not self.store.create(kind, name, body, sealed, change):
            _taken(kind, name)
        return made

    def update(self, kind: Kind, name: str, changes: Mapping[str, Any], *, actor: str) -> Resource:
        """Replaces the settings that are given; None takes one back to its default. Raises
        `ReadOnlyResourceError`, `ResourceNotFoundError`, `ResourceInvalidError`."""
        self.require_managed(kind, name)

        def once(found: ManagedResource) -> Resource | None:
            settings = _changed(kind, found.settings, changes)
            made, raw = self._checked(kind, name, settings)
            body, sealed = sealing.seal(kind, raw, self.store)
            before, after = encoded(masked(kind, found.settings)), encoded(masked(kind, raw))
            done = self.store.replace(found.row, body, sealed, Change(actor, before, after))
            return made if done else None

        return self._retried(kind, name, lambda row: once(*self._open([row])))

    def delete(self, kind: Kind, name: str, *, actor: str) -> None:
        """Needs no secret, and works on what no longer fits the configuration. Raises
        `ReadOnlyResourceError`, `ResourceNotFoundError`."""
        self.require_managed(kind, name)

        def once(row: ManagedRow) -> bool | None:
            return self.store.delete(row, Change(actor, self._as_it_was(row), None)) or None

        self._retried(kind, name, once)

    def require_managed(self, kind: Kind, name: str) -> None:
        """Raises `ReadOnlyResourceError` for what the YAML file has."""
        loaded = load_config(self._explicit)
        if name in entries(loaded.config, kind):
            raise ReadOnlyResourceError(
                f"{kind.capitalize()} {key_path([name])} is in {loaded.path}, which wins over "
                "managed settings: change it there."
            )

    def audit_log(self, limit: int = 100, before: int | None = None) -> Sequence[AuditEntry]:
        """Who changed what, newest first; `before` is the id of the last entry of the page
        before."""
        return self.store.audit(limit, before)

    def edit_yaml(self, *edits: Edit) -> None:
        """Sets or deletes keys of the YAML file, which keeps its comments, order and quotes. The
        file is replaced whole, or stays as it is if the result is no valid configuration. Raises
        `ConfigError`."""
        path = find_config(self._explicit)
        if path is None:
            raise ConfigError("There is no config file to edit: write one with `voicegw init`.")
        edit_file(path, edits)

    def _managed(self) -> Sequence[ManagedResource]:
        return self._open(self.store.rows())

    def _open(self, rows: Sequence[ManagedRow]) -> Sequence[ManagedResource]:
        return opened(rows, self.store.salt)

    def _checked(
        self, kind: Kind, name: str, settings: Mapping[str, Any]
    ) -> tuple[Resource, dict[str, Any]]:
        """The resource as the schema reads it, in the configuration that it would be part of."""
        encoded(settings)  # else what is kept would be less than what was said
        yaml = load_config(self._explicit)
        others = [one for one in self._managed() if (one.row.kind, one.row.id) != (kind, name)]
        candidate = ManagedResource(ManagedRow(kind, name, "", None, 0, 0, 0), settings)
        try:
            entry = entries(merge(yaml, [*others, candidate]).config, kind)[name]
        except (ResourceError, SecretError):
            raise
        except ConfigError as error:
            raise ResourceInvalidError(f"{error}.") from None
        raw = raw_settings(entry)
        for url in all_urls(kind, raw):
            check_base_url(url, allowed=yaml.config.server.allowed_hosts)
        return Resource(kind, name, "managed", entry), raw

    def _retried(self, kind: Kind, name: str, once: Callable[[ManagedRow], T | None]) -> T:
        """`once` on the row as it is; again if somebody else changed it meanwhile."""
        for _ in range(_TRIES):
            found = [one for one in self.store.rows() if (one.kind, one.id) == (kind, name)]
            result = once(found[0] if found else _missing(kind, name))
            if result is not None:
                return result
            time.sleep(random.uniform(0, _PAUSE_SECONDS))  # noqa: S311 - so that two do not keep step
        raise LedgerError(f"{kind.capitalize()} {key_path([name])} is changed all the time.")

    def _as_it_was(self, row: ManagedRow) -> str:
        """For the audit log, also where its secrets cannot be read."""
        try:
            (found,) = self._open([row])
        except SecretError:
            return row.body
        return encoded(masked(row.kind, found.settings))


def _changed(kind: Kind, settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A key that comes back as it was shown, masked, is not a new one."""
    shown = masked(kind, settings)
    new = {
        key: value
        for key, value in changes.items()
        if not (key in shown and shown[key] == value and settings[key] != value)
    }
    return {key: value for key, value in {**settings, **new}.items() if value is not None}


def _missing(kind: Kind, name: str) -> NoReturn:
    raise ResourceNotFoundError(f"There is no {kind} {key_path([name])}.", kind=kind)


def _taken(kind: Kind, name: str) -> NoReturn:
    raise ResourceExistsError(
        f"There is a {kind} {key_path([name])} already: update it, or delete it first.", kind=kind
    )
