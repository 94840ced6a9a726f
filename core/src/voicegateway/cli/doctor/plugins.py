"""Whether the installed plugins can be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from voicegateway.cli.doctor.findings import Finding, amiss, note
from voicegateway.core.gateway import Gateway, disabled_plugins
from voicegateway.core.inspection import Step, Task, ask, claims_of
from voicegateway.core.references import named_providers, used_providers
from voicegateway.core.registry import PluginRecord

__all__ = ["Survey", "examined", "survey"]


@dataclass(slots=True)
class Survey:
    """What the plugins said in another process: one that hangs or crashes is not let into this
    one."""

    broken: dict[str, str] = field(default_factory=dict)
    """Those that cannot be asked, and why."""
    local: set[str] = field(default_factory=set)
    """Those that run on this machine."""
    variables: dict[str, str | None] = field(default_factory=dict)
    """Where each looks for its key; None: it needs none."""
    prices: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """How old each price list is: `{rates, undated, oldest}`."""
    unlisted: dict[str, str] = field(default_factory=dict)
    """Those whose price list cannot be shown, and why."""


def survey(gateway: Gateway, timeout: float) -> Survey:
    usable = [record for record in gateway.registry.records() if record.status == "available"]
    found = Survey()
    for answer in ask(Task.SURVEY, claims_of(usable), timeout, disabled_plugins(gateway.config)):
        name, trouble = answer.claim.provider, answer.trouble
        if trouble is not None and trouble.step is not Step.RATES:
            found.broken[name] = trouble.what
            continue
        if trouble is not None:
            found.unlisted[name] = trouble.what
        for value in answer.values:
            if "rates" in value:
                found.prices[name] = value
                continue
            found.variables[name] = value["key_variable"]
            if value["local"]:
                found.local.add(name)
    return found


def examined(gateway: Gateway, surveyed: Survey) -> Iterator[Finding]:
    records = gateway.registry.records()
    yield from _clashes(records)
    for provider, error in surveyed.broken.items():
        distribution = next(one.distribution for one in records if one.provider == provider)
        fix = (
            f"`voicegw plugins check {provider}` says more; upgrade or uninstall {distribution}, "
            f"or name {provider} under plugins.disabled"
        )
        yield amiss(f"plugin {provider}", error, fix)
    yield from _absent(gateway, {record.provider for record in records})
    if not records:
        yield note("plugins", "none installed", "pip install 'voicegw-local[all]'")


def _clashes(records: list[PluginRecord]) -> Iterator[Finding]:
    told: set[str] = set()
    for record in records:
        if record.status != "conflict" or not record.error or record.provider in told:
            continue
        told.add(record.provider)
        rivals = [one.distribution for one in records if one.provider == record.provider]
        fix = f"uninstall one of them, or name one under plugins.disabled: {' or '.join(rivals)}"
        yield amiss(f"plugin {record.provider}", record.error, fix)


def _absent(gateway: Gateway, installed: set[str]) -> Iterator[Finding]:
    """A config may be shared with machines that have other plugins: what only has settings is
    worth a note, what a stack or chain of models needs is amiss."""
    used = used_providers(gateway.config)
    for provider in sorted(named_providers(gateway.config) - installed):
        about, fix = f"provider {provider}", f"pip install voicegw-{provider}"
        if provider in used:
            what = "models of the config are its own, and no installed plugin offers it"
            yield amiss(about, what, fix)
        else:
            yield note(about, "has settings, and no installed plugin offers it", fix)
