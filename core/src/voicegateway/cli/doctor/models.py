"""Whether the files of local models are here."""

from __future__ import annotations

from collections.abc import Iterator

from voicegateway import modelfiles
from voicegateway.cli.doctor.findings import Finding, amiss, note
from voicegateway.cli.doctor.plugins import Survey
from voicegateway.cli.models import bundles_of
from voicegateway.core.gateway import Gateway
from voicegateway.core.schema import GatewayConfig

__all__ = ["examined"]


def examined(gateway: Gateway, surveyed: Survey) -> Iterator[Finding]:
    """Missing files are a finding where the config asks for the model, else only a note."""
    asked = _asked(gateway.config)
    for name, bundle in bundles_of(gateway.registry, surveyed.broken).items():
        found = modelfiles.status(name.split("/", 1)[0], bundle)
        needs = f"; runs well on {bundle.needs}" if bundle.needs else ""
        if found.state is modelfiles.State.PRESENT:
            yield note(f"model {name}", f"here{needs}")
        else:
            tell = amiss if name in asked else note
            fix = f"voicegw models fetch {name}"
            yield tell(f"model {name}", f"{found.state.value}{needs}", fix)


def _asked(config: GatewayConfig) -> set[str]:
    """Model strings of the config's stacks, aliases and fallback chains, with and without their
    last variant."""
    names = {
        f"{alias.provider}/{alias.model}"
        for aliases in (config.models.stt, config.models.llm, config.models.tts)
        for alias in aliases.values()
    }
    names |= {leg for stack in config.stacks.values() for leg in (stack.stt, stack.llm, stack.tts)}
    chains = config.fallbacks
    names |= {*chains.stt, *chains.llm, *chains.tts}
    return names | {name.rpartition(":")[0] for name in names}
