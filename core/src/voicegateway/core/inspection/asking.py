"""A provider's own cheap check, as a message of a worker."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Iterator
from typing import Any, Final

from voicegateway.core.addresses import Place
from voicegateway.core.base_urls import check_base_url, resolved
from voicegateway.core.gateway import Gateway
from voicegateway.core.inspection.results import Step
from voicegateway.core.outbound import Held, hold_connections
from voicegateway.core.provider import Provider
from voicegateway.core.provider_settings import managed_urls
from voicegateway.errors import VoiceGatewayError
from voicegateway.types import ProviderCheck, ProviderSettings, Secret

__all__ = ["test"]

_REFUSED: Final = (
    "It leads to an address that base_url may not lead to: list its host in server.allowed_hosts "
    "if it may."
)


def test(provider: str, *, config: str | None, project: str) -> Iterator[dict[str, Any]]:
    """Whether the vendor answers to the key and address that calls of the project would have. The
    configuration is read here, so that no secret is handed from process to process."""
    gateway = Gateway(config)
    try:
        settings = gateway.settings(provider, project)
        loaded = gateway.registry.get(provider)
        held = _held(gateway, settings, provider, project)
    except VoiceGatewayError as error:
        yield {"value": _failed(str(error))}
        return
    yield {"step": Step.ASKING}
    started = time.perf_counter()
    try:
        found = _asked(loaded, settings)
    except Exception as error:  # noqa: BLE001 - whatever it is, this is the answer
        said = _without_secrets(f"{type(error).__name__}: {error}", settings)
        yield {"value": _failed(_REFUSED if held.refused else said)}
        return
    if held.refused:
        yield {"value": _failed(_REFUSED)}
        return
    if found is None:
        yield {"value": _failed(f"The plugin of {provider!r} has no check of its own.")}
        return
    spent = round((time.perf_counter() - started) * 1000, 3)
    yield {
        "value": {
            "ok": found.ok,
            "latency_ms": found.latency_ms if found.latency_ms is not None else spent,
            "detail": _without_secrets(found.detail, settings),
        }
    }


def _held(gateway: Gateway, settings: ProviderSettings, provider: str, project: str) -> Held:
    """Checks the address that is about to be asked, and holds the process to it. The config
    file's may be of this machine or its network. Raises `ConfigError`."""
    managed = managed_urls(gateway.config_manager.layers(), provider, project)
    worst = Place.PUBLIC if managed else Place.PRIVATE
    stated = [settings.base_url] if settings.base_url else []
    allowed = gateway.config.server.allowed_hosts
    checked = [check_base_url(url, allowed=allowed, worst=worst) for url in (*managed, *stated)]
    known = [address for one in checked if one.allowed for address in resolved(one.host)]
    return hold_connections(worst, known)


def _asked(provider: Provider, settings: ProviderSettings) -> ProviderCheck | None:
    found = provider.check_provider(settings)
    return asyncio.run(_result(found)) if inspect.isawaitable(found) else found


async def _result(found: Awaitable[ProviderCheck | None]) -> ProviderCheck | None:
    return await found


def _failed(detail: str) -> dict[str, Any]:
    return {"ok": False, "latency_ms": None, "detail": detail}


def _without_secrets(text: str, settings: ProviderSettings) -> str:
    """A vendor or a library may repeat the key, or the address with its password."""
    for secret in _secrets(settings):
        text = text.replace(secret, str(Secret(secret)))
    return text


def _secrets(settings: ProviderSettings) -> Iterator[str]:
    if settings.api_key is not None:
        yield settings.api_key.reveal()
    if settings.base_url is not None and any(mark in settings.base_url for mark in "@?#"):
        yield settings.base_url
    for value in settings.extra.values():
        if isinstance(value, Secret):
            yield value.reveal()
        elif isinstance(value, str) and len(value) >= 8:  # may be a second key
            yield value
