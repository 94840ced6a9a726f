"""One gateway a process, and the way from a model string to a metered native object."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from voicegateway.core.gateway import Gateway
from voicegateway.core.registry import create_provider, use_registry
from voicegateway.errors import PluginError
from voicegateway.inference._resolution import resolve
from voicegateway.inference._session_context import fix_session, scope_of
from voicegateway.inference._throttle import forget_targets, throttled
from voicegateway.types import Modality

__all__ = ["get_gateway", "make", "meter_object", "preload", "reset_gateway"]

_gateway: Gateway | None = None
_lock = threading.Lock()


def get_gateway() -> Gateway:
    """The process's gateway, made on first use from the config that is found."""
    global _gateway  # noqa: PLW0603 - one ledger and one registry serve the process
    with _lock:
        if _gateway is None:
            _gateway = Gateway()
            use_registry(_gateway.registry)
        return _gateway


def reset_gateway() -> None:
    """Close the process's gateway; the next use makes a new one."""
    global _gateway  # noqa: PLW0603 - as above
    with _lock:
        if _gateway is not None:
            _gateway.close()
        _gateway = None
        use_registry(None)
        forget_targets()


def preload() -> None:
    """Import what the configured providers need, on the main thread, where LiveKit insists on
    it. Call it when the agent file is imported."""
    if threading.current_thread() is not threading.main_thread():
        raise PluginError(
            "voicegateway.preload() was called off the main thread, where LiveKit plugins cannot "
            "be imported: call it at the top of the agent file."
        )
    gateway = get_gateway()
    if gateway.config.plugins.preload:
        gateway.preload()


def make(
    modality: Modality,
    model: str,
    *,
    variant: str | None,
    project: str | None,
    session_id: str | None,
    api_key: str | None,
    base_url: str | None,
    options: Mapping[str, Any],
) -> Any:
    """A native LiveKit object for a model string, metered."""
    gateway = get_gateway()
    resolved = resolve(model, modality, gateway.config.models)
    from voicegateway.inference._project import get_active_project  # it asks for this gateway

    settings = gateway.settings(
        resolved.provider,
        project or get_active_project(),
        api_key=api_key,
        base_url=base_url,
    )
    provider = create_provider(resolved.provider, settings)
    arguments: dict[str, Any] = {
        "options": {
            **provider.provider.default_options(modality),
            **resolved.options,
            **options,
        }
    }
    if modality is Modality.STT:
        arguments["language"] = variant or resolved.variant
    elif modality is Modality.TTS:
        arguments["voice"] = variant or resolved.variant
    target = provider.create(modality, resolved.model, **arguments)
    meter_object(target, modality, resolved.provider, resolved.model, project, session_id)
    return target


def meter_object(
    target: Any,
    modality: Modality,
    provider: str,
    model: str,
    project: str | None = None,
    session_id: str | None = None,
) -> None:
    """Meter one native object, unless `cost_tracking.enabled` is false."""
    from voicegateway.middleware.call import Leg  # with LiveKit, as above
    from voicegateway.middleware.instrumented_provider import meter

    gateway = get_gateway()
    tracker = gateway.cost_tracker
    if tracker is None:
        return
    meter(
        target,
        Leg(provider, model, modality),
        tracker,
        scope=lambda agent_session: scope_of(agent_session, project, session_id),
        on_session=fix_session,
        gate=gateway.admission,
        instead=throttled,
    )
