"""Plugins under test: a gateway that sees nothing of what is installed, and a ledger of its own.

    with plugin_bench(tmp_path) as plugins:
        plugins.install("acme", voicegw_acme)
        stt = inference.STT("acme/swift-1", base_url=cloud.url, api_key=cloud.key)
        ...
        (row,) = await plugins.rows()

Tests ask for the fixture `plugins` of `voicegateway.testing.fixtures`, which does this for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import importlib_metadata

from voicegateway.core.discovery import Found
from voicegateway.core.gateway import Gateway
from voicegateway.core.provider import Provider
from voicegateway.core.registry import Registry, use_registry
from voicegateway.inference import get_gateway, reset_gateway, reset_project
from voicegateway.storage.queries import Entry, logs, open_reader, quote_of
from voicegateway.types import (
    Basis,
    Modality,
    PriceQuote,
    ProviderSettings,
    Secret,
    Unit,
    Verdict,
)

__all__ = ["AttemptRow", "PluginBench", "plugin_bench"]

_MANY = 1_000_000
_TICKS = 5
"""Of the event loop, until the last callbacks of a stream that has ended have run."""
_FLUSH_SECONDS = 10


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One closed attempt, as the ledger has it. Times are milliseconds."""

    provider: str
    model: str
    modality: Modality
    project: str
    session_id: str | None
    call_id: str
    attempt: int
    outcome: str
    units: Mapping[Unit, Decimal]
    basis: Basis | None
    verdict: Verdict | None
    quote: PriceQuote
    ttfb_ms: float | None
    duration_ms: float
    error: str | None
    """Class of the error and the vendor's status."""
    vendor_request_id: str | None
    fallback_from: str | None = None
    speech_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Installed(Found):
    """What an installed distribution offers, without a distribution."""

    plugin: object

    def load(self) -> object:
        return self.plugin


class PluginBench:
    """Made by `plugin_bench`. The gateway is the process's, so the factories of
    `voicegateway.inference` use it."""

    def __init__(self, gateway: Gateway, ledger: Path) -> None:
        self.gateway = gateway
        self.ledger = ledger
        """The database file."""
        self.installed: tuple[Found, ...] = ()
        """As a registry is told of it."""
        self._renew()

    @property
    def registry(self) -> Registry:
        return self.gateway.registry

    def install(
        self,
        provider_id: str,
        plugin: object,
        *,
        distribution: str | None = None,
        version: str = "0.0.0",
    ) -> None:
        """Offer `plugin`, a module or an object with hook implementations, under an id, as an
        installed distribution would (`voicegw-<id>` if none is named). Nothing is loaded yet: a
        plugin that breaks the contract says so when it is asked for."""
        name = distribution or f"voicegw-{provider_id}"
        value = getattr(plugin, "__name__", type(plugin).__name__)
        entry_point = importlib_metadata.EntryPoint(provider_id, value, "voicegw.providers")
        found = _Installed(provider_id, value, name, version, None, entry_point, plugin)
        self.installed = (*self.installed, found)
        self._renew()

    def provider(self, provider_id: str) -> Provider:
        """The typed object in front of a plugin. Raises `PluginError` if it cannot be loaded."""
        return self.registry.get(provider_id)

    @staticmethod
    def settings(
        provider_id: str,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        **extra: Any,
    ) -> ProviderSettings:
        """What the config would say of a provider."""
        key = None if api_key is None else Secret(api_key)
        return ProviderSettings(provider_id, key, base_url, extra)

    async def rows(self, *, wait: float = 2.0) -> list[AttemptRow]:
        """The closed attempts, oldest first. Waits at most so many seconds for open ones, such as
        those of a stream that has just been closed."""
        deadline = time.monotonic() + wait
        while True:
            entries = await self._entries()
            still_open = any(entry.outcome == "open" for entry in entries)
            if not still_open or time.monotonic() > deadline:
                return [_row(entry) for entry in entries if entry.outcome != "open"]
            await asyncio.sleep(0.01)

    async def _entries(self) -> list[Entry]:
        for _ in range(_TICKS):
            await asyncio.sleep(0)
        ledger = self.gateway.storage
        if ledger is None:
            return []
        if not await asyncio.to_thread(ledger.flush, _FLUSH_SECONDS):
            raise AssertionError(f"the ledger did not write everything: {ledger.stats()}")
        return await asyncio.to_thread(self._read)

    def _read(self) -> list[Entry]:
        if not self.ledger.exists():  # nothing was written yet
            return []
        with open_reader(self.ledger) as reader:
            found = logs(reader, limit=_MANY).rows
        return sorted(found, key=lambda entry: (entry.started_us, entry.call_id, entry.attempt))

    def _renew(self) -> None:
        installed = self.installed
        self.gateway.registry = Registry(find=lambda _group: installed)
        use_registry(self.gateway.registry)


@contextlib.contextmanager
def plugin_bench(folder: Path, config: str = "{}") -> Iterator[PluginBench]:
    """A bench whose ledger and config (the YAML text `config`) lie in `folder`. The process's
    gateway is put aside and comes back unchanged, as do the variables `VOICEGW_*`."""
    file, ledger = folder / "voicegw.yaml", folder / "ledger.db"
    file.write_text(config, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEGW_")}
    ours = {**kept, "VOICEGW_CONFIG": str(file), "VOICEGW_DB_PATH": str(ledger)}
    with (
        mock.patch.dict(os.environ, ours, clear=True),
        mock.patch("voicegateway.inference._factory._gateway", None),
        mock.patch("voicegateway.core.registry._registry", None),
        # A test installs its providers after the config is read.
        mock.patch("voicegateway.core.references.check_providers", return_value=None),
    ):
        reset_project()
        try:
            yield PluginBench(get_gateway(), ledger)
        finally:
            reset_gateway()
            reset_project()


def _row(entry: Entry) -> AttemptRow:
    duration = entry.duration_us or 0
    return AttemptRow(
        provider=entry.leg.provider,
        model=entry.leg.model,
        modality=entry.leg.modality,
        project=entry.project,
        session_id=entry.session_id,
        call_id=entry.call_id,
        attempt=entry.attempt,
        outcome=entry.outcome,
        units=entry.units,
        basis=entry.unit_basis,
        verdict=entry.verdict,
        quote=quote_of(entry),
        ttfb_ms=None if entry.ttfb_us is None else entry.ttfb_us / 1000,
        duration_ms=duration / 1000,
        error=entry.error,
        vendor_request_id=entry.vendor_request_id,
        fallback_from=entry.fallback_from,
        speech_id=entry.speech_id,
    )
