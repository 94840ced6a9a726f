"""Whether the providers that the config names have their keys, and what they say of them."""

from __future__ import annotations

from collections.abc import Iterator

from voicegateway.cli.doctor.findings import Finding, amiss, note
from voicegateway.cli.doctor.plugins import Survey
from voicegateway.core.gateway import Gateway
from voicegateway.core.inspection import Task, ask, claims_of
from voicegateway.core.references import named_providers, used_providers
from voicegateway.core.schema import GatewayConfig
from voicegateway.errors import ConfigError, PluginError

__all__ = ["examined"]


def examined(
    gateway: Gateway, surveyed: Survey, timeout: float, *, ask_vendors: bool
) -> Iterator[Finding]:
    """Only of those that the config names: others may never be used."""
    ready: dict[str, list[str]] = {}
    for provider in sorted(named_providers(gateway.config) & set(gateway.registry.installed())):
        if provider in surveyed.broken:
            continue
        for project in _payers(gateway.config, provider):
            missing = _missing_key(gateway, provider, project)
            if missing is None:
                ready.setdefault(project, []).append(provider)
            else:
                yield missing
    for project, names in ready.items():
        asked = [one for one in names if ask_vendors or one in surveyed.local]
        asked = [one for one in asked if gateway.registry.get(one).implements("check_provider")]
        yield from _answers(gateway, project, asked, timeout)


def _payers(config: GatewayConfig, provider: str) -> list[str]:
    """Projects whose keys differ, the default one for all that have none of their own."""
    own = [name for name, project in config.projects.items() if provider in project.providers]
    general = provider in config.providers or provider in used_providers(config) or not own
    return list(dict.fromkeys([config.default_project, *own] if general else own))


def _missing_key(gateway: Gateway, provider: str, project: str) -> Finding | None:
    try:
        gateway.settings(provider, project)
    except ConfigError as error:
        variable = gateway.registry.get(provider).provider_info().key_variable
        fix = f"export {variable}=…, or give it an api_key in the config"
        return amiss(f"provider {provider}", str(error), fix)
    except PluginError:  # told with the plugins
        return None
    return None


def _answers(gateway: Gateway, project: str, names: list[str], timeout: float) -> Iterator[Finding]:
    """Each one's own cheap check, in another process."""
    path = gateway.config_path
    details = {"config": None if path is None else str(path), "project": project}
    usable = [one for one in gateway.registry.records() if one.status in {"available", "loaded"}]
    claims = claims_of(one for one in usable if one.provider in names)
    for answer in ask(Task.TEST, claims, timeout, details=details) if claims else ():
        about = f"provider {answer.claim.provider}"
        if project != gateway.config.default_project:
            about += f", project {project}"
        if answer.trouble is not None:
            fix = f"`voicegw plugins check {answer.claim.provider}`, or a longer --timeout"
            yield amiss(about, answer.trouble.what, fix)
        for said in answer.values:
            fix = "mend what it says: the key, the base_url, the network, or what is not installed"
            detail = said["detail"] or ("fine" if said["ok"] else "its check failed")
            yield note(about, detail) if said["ok"] else amiss(about, detail, fix)
