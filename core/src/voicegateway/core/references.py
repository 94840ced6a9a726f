"""Names that a config uses must exist: better at load than in the middle of a call.

A model may name a provider that is installed or that some `providers:` section has. Naming any
other is an error. Settings for a provider that is not installed are a warning: a config may be
shared between machines that do not have the same plugins.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from voicegateway.core.discovery import canonical_name, scan
from voicegateway.core.faults import key_path, nearest
from voicegateway.core.schema import GatewayConfig
from voicegateway.core.stacks import installed_stacks
from voicegateway.errors import ConfigError

__all__ = ["check_providers", "check_stacks", "named_providers", "used_providers"]

_log = logging.getLogger("voicegateway.config")
_LEGS = ("stt", "llm", "tts")
_said: set[str] = set()


def check_stacks(config: GatewayConfig) -> None:
    """Stacks that projects name, and aliases that stacks and fallback chains name. Raises
    `ConfigError`."""
    offered = cache(installed_stacks)  # only looked for if the config has none of that name
    for project_id, project in config.projects.items():
        place = ("projects", project_id)
        _require_stack(project.default_stack, (*place, "default_stack"), config, offered)
        # Where calls go in need is looked up while they wait: in the config alone.
        _require_stack(project.throttle_stack, (*place, "throttle_stack"), config, list)
    for where, leg, model in _named_models(config):
        aliases = getattr(config.models, leg)
        if "/" not in model and model not in aliases:
            raise ConfigError(
                f"{key_path(where)} is {model!r}, which is neither `provider/model` nor an alias "
                f"under models.{leg}{nearest(model, aliases)}"
            )


def _named_models(config: GatewayConfig) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Where a model is named, of which kind, and how: in stacks and in fallback chains."""
    for name, stack in config.stacks.items():
        for leg in _LEGS:
            yield ("stacks", name, leg), leg, getattr(stack, leg)
    for leg in _LEGS:
        for place, model in enumerate(getattr(config.fallbacks, leg)):
            yield ("fallbacks", leg, str(place)), leg, model


def _require_stack(
    name: str | None,
    where: tuple[str, ...],
    config: GatewayConfig,
    offered: Callable[[], list[str]],
) -> None:
    if name is None or name in config.stacks:
        return
    known = {*config.stacks, *offered()}
    if name not in known:
        raise ConfigError(
            f"{key_path(where)}: there is no stack {name!r} under stacks: (known: "
            f"{', '.join(sorted(known)) or 'none'}){nearest(name, known)}"
        )


def check_providers(config: GatewayConfig) -> None:
    """Providers that models name, and those that only have settings. Imports no plugin. Raises
    `ConfigError` for the first; warns of the others, once each."""
    used, configured = dict(_used(config)), dict(_configured(config))
    settings = {**configured, **dict(_limited(config))}
    if not used and not settings:
        return  # nothing to look for
    installed = {found.name for found in scan("voicegw.providers")}
    for provider, where in used.items():
        if provider not in installed and provider not in configured:
            known = installed | configured.keys()
            raise ConfigError(
                f"{where} names the provider {provider!r}, which is neither installed nor under "
                f"providers:{nearest(provider, known).removeprefix(':')} (install it with pip "
                f"install voicegw-{key_path([canonical_name(provider)])})"
            )
    for provider, where in settings.items():
        if provider not in installed and where not in _said:
            _said.add(where)
            _log.warning("%s is for a provider that no installed plugin offers", where)


def used_providers(config: GatewayConfig) -> set[str]:
    """Those of the models that aliases, stacks and fallback chains name."""
    return {provider for provider, _ in _used(config)}


def named_providers(config: GatewayConfig) -> set[str]:
    """Those that calls may go to: all that the configuration names and does not turn off."""
    names = used_providers(config)
    sections = [config.providers, *(project.providers for project in config.projects.values())]
    return names | {
        name for section in sections for name, entry in section.items() if entry.enabled
    }


def _used(config: GatewayConfig) -> Iterator[tuple[str, str]]:
    for leg in _LEGS:
        for name, alias in getattr(config.models, leg).items():
            yield alias.provider, f"{key_path(('models', leg, name))}.provider"
    for where, leg, model in _named_models(config):
        if model not in getattr(config.models, leg):
            yield model.partition("/")[0], key_path(where)


def _configured(config: GatewayConfig) -> Iterable[tuple[str, str]]:
    for provider in config.providers:
        yield provider, key_path(("providers", provider))
    for project_id, project in config.projects.items():
        for provider in project.providers:
            yield provider, key_path(("projects", project_id, "providers", provider))


def _limited(config: GatewayConfig) -> Iterable[tuple[str, str]]:
    for provider in config.rate_limits:
        yield provider, key_path(("rate_limits", provider))
    for project_id, project in config.projects.items():
        for provider in project.rate_limits:
            yield provider, key_path(("projects", project_id, "rate_limits", provider))
