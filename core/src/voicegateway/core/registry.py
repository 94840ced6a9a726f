"""Which providers are installed, in what state, and how to get one.

Discovery imports nothing; a plugin's module is imported when its provider is first asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from voicegateway.core.discovery import Found, canonical_name, scan
from voicegateway.errors import (
    PluginError,
    ProviderConflictError,
    ProviderDisabledError,
    ProviderNotFoundError,
)

if TYPE_CHECKING:
    # At run time where they are first needed: to list plugins takes neither pluggy nor the types.
    from voicegateway.core.provider import ConfiguredProvider, Provider
    from voicegateway.types import ProviderSettings

__all__ = [
    "PluginRecord",
    "PluginStatus",
    "Registry",
    "create_provider",
    "get_provider",
    "get_registry",
    "use_registry",
]

_GROUP = "voicegw.providers"  # hookspecs.ENTRY_POINT_GROUP, without pluggy


class PluginStatus(StrEnum):
    AVAILABLE = "available"
    LOADED = "loaded"
    DISABLED = "disabled"
    CONFLICT = "conflict"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class PluginRecord:
    """One installed claim to a provider id: a row of `voicegw plugins list`."""

    provider: str
    status: PluginStatus
    distribution: str
    version: str
    entry_point: str
    origin: str | None = None
    error: str | None = None
    """One sentence."""
    trace: str | None = None
    """The whole traceback of a failed load."""


class Registry:
    """The providers of this process. `disabled` takes provider ids and distribution names; `find`
    says what is installed, given the group of entry points, and is called once."""

    def __init__(
        self,
        disabled: Iterable[str] = (),
        *,
        find: Callable[[str], Iterable[Found]] = scan,
    ) -> None:
        self._disabled = {canonical_name(name) for name in disabled}
        self._find = find
        self._lock = threading.RLock()
        self._records: dict[tuple[str, str], PluginRecord] = {}
        self._found: dict[tuple[str, str], Found] = {}
        self._providers: dict[str, Provider] = {}
        self._scanned = False

    def records(self) -> list[PluginRecord]:
        """Every claim, sorted by provider; a clash is one row a distribution."""
        with self._lock:
            self._scan()
            return [self._records[key] for key in sorted(self._records)]

    def installed(self) -> list[str]:
        """Ids that can be asked for."""
        usable = {PluginStatus.AVAILABLE, PluginStatus.LOADED}
        return sorted({r.provider for r in self.records() if r.status in usable})

    def get(self, provider_id: str) -> Provider:
        """Load a provider, once. Raises a `PluginError` that says what is wrong with this one."""
        provider = self._providers.get(provider_id)
        if provider is not None:
            return provider
        with self._lock:
            self._scan()
            if provider_id in self._providers:
                return self._providers[provider_id]
            return self._load(self._claim(provider_id))

    def _scan(self) -> None:
        if self._scanned:
            return
        for found in self._find(_GROUP):
            key = (found.name, canonical_name(found.distribution))
            self._found[key] = found
            self._records[key] = PluginRecord(
                provider=found.name,
                status=self._initial_status(found),
                distribution=found.distribution,
                version=found.version,
                entry_point=found.value,
                origin=found.origin,
            )
        self._mark_conflicts()
        self._scanned = True

    def _initial_status(self, found: Found) -> PluginStatus:
        names = {canonical_name(found.name), canonical_name(found.distribution)}
        return PluginStatus.DISABLED if names & self._disabled else PluginStatus.AVAILABLE

    def _mark_conflicts(self) -> None:
        claims: dict[str, list[tuple[str, str]]] = {}
        for key, record in self._records.items():
            if record.status is PluginStatus.AVAILABLE:
                claims.setdefault(record.provider, []).append(key)
        for provider_id, keys in claims.items():
            if len(keys) < 2:
                continue
            message = _conflict_message(provider_id, [self._records[key] for key in keys])
            for key in keys:
                self._records[key] = replace(
                    self._records[key], status=PluginStatus.CONFLICT, error=message
                )

    def _claim(self, provider_id: str) -> tuple[str, str]:
        """The one usable claim to an id, or the error that says why there is none."""
        keys = [key for key in self._records if key[0] == provider_id]
        if not keys:
            raise ProviderNotFoundError(_not_found_message(provider_id, self.installed()))
        active = [key for key in keys if self._records[key].status is not PluginStatus.DISABLED]
        if not active:
            names = ", ".join(
                f"{r.distribution} {r.version}" for r in map(self._records.get, keys) if r
            )
            raise ProviderDisabledError(
                f"Provider {provider_id!r} ({names}) is disabled: take it off plugins.disabled "
                "in the config to use it."
            )
        record = self._records[active[0]]
        if record.status is PluginStatus.CONFLICT:
            raise ProviderConflictError(record.error)
        if record.status is PluginStatus.ERROR:
            raise PluginError(record.error)
        return active[0]

    def _load(self, key: tuple[str, str]) -> Provider:
        from voicegateway.core.contract import PRELOAD_HINT, blames_thread, load_plugin
        from voicegateway.core.provider import Provider

        found, record = self._found[key], self._records[key]
        try:
            manager = load_plugin(found.name, found.load())
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a module may call sys.exit(), a Rust one may panic
            message = _load_message(record, error)
            if blames_thread(error):  # not kept: on the main thread it may yet work
                raise PluginError(
                    f"{message} It was first loaded off the main thread: {PRELOAD_HINT}."
                ) from error
            self._records[key] = _failed(record, message, error)
            raise PluginError(message) from error
        provider = Provider(found.name, found.distribution, found.version, manager)
        self._providers[found.name] = provider
        self._records[key] = replace(record, status=PluginStatus.LOADED)
        return provider


def _failed(record: PluginRecord, message: str, error: BaseException) -> PluginRecord:
    import traceback

    trace = "".join(traceback.format_exception(error))
    return replace(record, status=PluginStatus.ERROR, error=message, trace=trace)


def _conflict_message(provider_id: str, records: list[PluginRecord]) -> str:
    claims = " and ".join(f"{r.distribution} {r.version}" for r in records)
    return (
        f"Provider {provider_id!r} is claimed by {claims}: uninstall one, or name one of these "
        "distributions in plugins.disabled in the config."
    )


def _not_found_message(provider_id: str, installed: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(provider_id, installed, n=1)
    package = f"pip install voicegw-{canonical_name(provider_id)}"
    hint = f"Did you mean {near[0]!r}? If not, try: {package}" if near else f"Try: {package}"
    have = ", ".join(installed) or "none"
    return f"No plugin for provider {provider_id!r} is installed (installed: {have}). {hint}"


def _load_message(record: PluginRecord, error: BaseException) -> str:
    from voicegateway.core.contract import describe

    return (
        f"The plugin of provider {record.provider!r} ({record.distribution} {record.version}, "
        f"entry point {record.entry_point!r}) cannot be loaded: {describe(error)}."
    )


_registry: Registry | None = None
_registry_lock = threading.Lock()


def get_registry() -> Registry:
    """The registry of this process: the gateway's, or one with nothing disabled."""
    global _registry  # noqa: PLW0603 - one scan of the environment serves the process
    with _registry_lock:
        if _registry is None:
            _registry = Registry()
        return _registry


def use_registry(registry: Registry | None) -> None:
    """Make `registry` the process's; None forgets the present one."""
    global _registry  # noqa: PLW0603 - as above
    with _registry_lock:
        _registry = registry


def get_provider(provider_id: str) -> Provider:
    """The typed provider behind an id, loaded on first use."""
    return get_registry().get(provider_id)


def create_provider(
    provider_id: str, config: ProviderSettings | Mapping[str, Any] | None = None
) -> ConfiguredProvider:
    """A provider with its settings. A mapping's `api_key` and `base_url` are ours, its other
    keys the plugin's own."""
    from voicegateway.core.provider import ConfiguredProvider
    from voicegateway.types import ProviderSettings, Secret

    if not isinstance(config, ProviderSettings):
        extra = dict(config or {})
        key = extra.pop("api_key", None)
        config = ProviderSettings(
            provider=provider_id,
            api_key=Secret(key) if isinstance(key, str) else key,
            base_url=extra.pop("base_url", None),
            extra=extra,
        )
    return ConfiguredProvider(get_provider(provider_id), config)
