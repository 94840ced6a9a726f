"""`voicegw doctor`: what is amiss, and the way to mend each of it."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from voicegateway.cli.output import ConfigOption, JsonOption, print_json, quiet_stdout

if TYPE_CHECKING:
    from voicegateway.core.gateway import Gateway

__all__ = ["doctor"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is amiss, or (a note) worth knowing."""

    level: Literal["finding", "note"]
    about: str
    what: str
    fix: str = ""


def doctor(
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds that one plugin may take to load.")
    ] = 10.0,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Look for what is amiss and say how to mend it. Exit 1 if there is anything."""
    with quiet_stdout():
        findings = list(_examine(config, timeout))
    amiss = [finding for finding in findings if finding.level == "finding"]
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        _show(findings)
    if amiss:
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    amiss = [finding for finding in findings if finding.level == "finding"]
    for number, finding in enumerate(amiss, 1):
        typer.echo(f"{number}. {finding.about}: {finding.what}")
        if finding.fix:
            typer.echo(f"   {finding.fix}")
    for finding in findings:
        if finding.level == "note":
            fix = f" ({finding.fix})" if finding.fix else ""
            typer.echo(f"·  {finding.about}: {finding.what}{fix}")
    typer.echo(f"{len(amiss)} findings." if amiss else "All is well.")


def _examine(config: Path | None, timeout: float) -> Iterator[Finding]:
    from voicegateway.core.gateway import Gateway
    from voicegateway.errors import VoiceGatewayError

    try:
        gateway = Gateway(config)
    except VoiceGatewayError as error:
        yield Finding("finding", "config", str(error))
        return
    place = gateway.config_path or "none, so all is default"
    yield Finding("note", "config", str(place))
    broken = _broken_plugins(gateway, timeout)
    yield from _plugins(gateway, broken)
    yield from _keys(gateway, broken)
    yield from _models(gateway, broken)
    yield from _ledger(config)


def _broken_plugins(gateway: Gateway, timeout: float) -> dict[str, str]:
    """Those that cannot be asked, and why. Found out in another process: one that hangs or crashes
    is not let into this one."""
    from voicegateway.core.gateway import disabled_plugins
    from voicegateway.core.inspection import Task, ask, claims_of

    usable = [record for record in gateway.registry.records() if record.status == "available"]
    disabled = disabled_plugins(gateway.config)
    return {
        answer.claim.provider: answer.trouble.what
        for answer in ask(Task.PROBE, claims_of(usable), timeout, disabled)
        if answer.trouble is not None
    }


def _plugins(gateway: Gateway, broken: Mapping[str, str]) -> Iterator[Finding]:
    for provider_id, error in broken.items():
        fix = f"voicegw plugins check {provider_id}"
        yield Finding("finding", f"plugin {provider_id}", error, fix)
    for record in gateway.registry.records():
        if record.status == "conflict" and record.error:
            yield Finding("finding", f"plugin {record.provider}", record.error)
    if not gateway.registry.records():
        yield Finding("note", "plugins", "none installed", "pip install 'voicegw-local[all]'")


def _keys(gateway: Gateway, broken: Mapping[str, str]) -> Iterator[Finding]:
    """Of the providers that the config names: others may never be used."""
    from voicegateway.errors import ConfigError, PluginError

    for provider_id, entry in gateway.config.providers.items():
        if not entry.enabled or provider_id in broken:
            continue
        try:
            settings = gateway.settings(provider_id, gateway.config.default_project)
            provider = gateway.registry.get(provider_id)
            if not provider.provider_info().local:
                continue
            check = provider.check_provider(settings)
        except ConfigError as error:
            yield Finding("finding", f"provider {provider_id}", str(error))
            continue
        except PluginError:  # already told
            continue
        if check is not None and not inspect.isawaitable(check) and not check.ok:
            yield Finding("finding", f"provider {provider_id}", check.detail)


def _models(gateway: Gateway, broken: Mapping[str, str]) -> Iterator[Finding]:
    """Missing files are a finding where the config asks for the model, else only a note."""
    from voicegateway import modelfiles
    from voicegateway.cli.models import bundles_of

    asked = _asked_models(gateway)
    for name, bundle in bundles_of(gateway.registry, broken).items():
        provider = name.split("/", 1)[0]
        found = modelfiles.status(provider, bundle)
        needs = f"; runs well on {bundle.needs}" if bundle.needs else ""
        if found.state is modelfiles.State.PRESENT:
            yield Finding("note", f"model {name}", f"here{needs}")
        else:
            level: Literal["finding", "note"] = "finding" if name in asked else "note"
            fix = f"voicegw models fetch {name}"
            yield Finding(level, f"model {name}", f"{found.state.value}{needs}", fix)


def _asked_models(gateway: Gateway) -> set[str]:
    """Model strings of the config's stacks and aliases, with and without their last variant."""
    config = gateway.config
    names = {
        f"{alias.provider}/{alias.model}"
        for aliases in (config.models.stt, config.models.llm, config.models.tts)
        for alias in aliases.values()
    }
    names |= {leg for stack in config.stacks.values() for leg in (stack.stt, stack.llm, stack.tts)}
    return names | {name.rpartition(":")[0] for name in names}


def _ledger(config: Path | None) -> Iterator[Finding]:
    from voicegateway.cli.reading import ledger_of
    from voicegateway.core.config import ledger_place
    from voicegateway.errors import LedgerError
    from voicegateway.storage.queries import health
    from voicegateway.storage.targets import scheme_of

    place = ledger_place(config)
    path = Path(place.target)
    if scheme_of(place.target) is None and not path.exists():
        yield _unmade(path)
        return
    yield from _spool(place.target)
    try:
        with ledger_of(place) as reader:
            found = health(reader)
            name = reader.name
    except LedgerError as error:
        yield Finding("finding", "ledger", str(error))
        return
    yield Finding("note", "ledger", f"{name}, {found.open} attempts open")
    if scheme_of(place.target) is None and not os.access(path, os.W_OK):
        yield Finding("finding", "ledger", f"{path} cannot be written", f"chmod u+w {path}")
    for writer in found.writers:
        if writer.lost:
            what = f"process {writer.pid} on {writer.host} lost {writer.lost} records"
            yield Finding("finding", "ledger", what, writer.last_error or "")


def _spool(target: str) -> Iterator[Finding]:
    """What waits on this machine's disk for a database that was out of reach."""
    from voicegateway.core.engines import engine_factory
    from voicegateway.errors import VoiceGatewayError
    from voicegateway.storage.spool.folders import spool_folder, spool_limit
    from voicegateway.storage.targets import engine_for

    try:
        engine = engine_for(target, durability="process", engine_factory=engine_factory(target))
        if not engine.spools:
            return
        folder = spool_folder(engine.name)
        size, limit = folder.size(), spool_limit()
    except (VoiceGatewayError, OSError):  # told where the ledger is opened
        return
    what = f"{size / 1e6:.1f} of {limit / 1e6:.0f} MB wait on this machine's disk in {folder.path}"
    if size > limit * 0.9:
        fix = "bring the database back, or raise VOICEGW_SPOOL_MB: what no longer fits is lost"
        yield Finding("finding", "spool", what, fix)
    elif size:
        yield Finding("note", "spool", f"{what} until the database can be reached")


def _unmade(path: Path) -> Finding:
    """A ledger that nothing has written to yet, and whether something could."""
    folder = next(parent for parent in path.parents if parent.exists())
    if os.access(folder, os.W_OK):
        return Finding("note", "ledger", f"{path}, made when the first call is metered")
    return Finding(
        "finding", "ledger", f"{path} cannot be made in {folder}", "set VOICEGW_DB_PATH elsewhere"
    )
