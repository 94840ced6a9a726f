"""The text of a new configuration, for the providers that are installed."""

from __future__ import annotations

from collections.abc import Iterator

from voicegateway.core.registry import Registry
from voicegateway.core.schema import GatewayConfig
from voicegateway.core.stacks import find_stack
from voicegateway.errors import ConfigError, PluginError

__all__ = ["config_text"]

_HEAD = """\
# Configuration of VoiceGateway. Everything is optional, unknown keys are refused.
# ${NAME} reads an environment variable, ${NAME:-default} gives it a default.
"""

_SHORT = """
# Calls are attributed to a project; this one if the agent names none.
default_project: default

projects:
  default:
    name: Default

# The ledger: what every call used and cost.
cost_tracking:
  timezone: UTC  # whose calendar days and months costs are summed by
"""

_FULL = """
# Short names for models, for the factories and for stacks.
models:
  stt: {}
  llm: {}
  tts: {}

# Calls are attributed to a project; this one if the agent names none.
default_project: default

projects:
  default:
    name: Default
    description: ""
    # default_stack: premium  # what inference.stack() returns
    providers: {}  # keys of this project's own, as under `providers` above
    tags: []

# The ledger: what every call used and cost.
cost_tracking:
  enabled: true
  # db_path: a file or a URL; VOICEGW_DB_PATH wins
  timezone: UTC  # whose calendar days and months costs are summed by
  durability: process  # survive a killed process; `power` survives a power cut as well

# Your own rates, which win over every price list.
pricing:
  overrides: []
  # - match: {provider: acme, model: "tone-*"}
  #   rates: {characters: {usd: 0.02, per: 1000}}
  #   valid_from: 2026-09-01
  #   note: our contract

plugins:
  disabled: []  # provider ids or distribution names
  preload: true  # let voicegateway.preload() import what the config names
"""


def config_text(registry: Registry, *, full: bool, local: bool) -> str:
    """A whole `voicegw.yaml`, ready to be written."""
    return "".join([_HEAD, *_providers(registry), _stacks(local=local), _FULL if full else _SHORT])


def _providers(registry: Registry) -> Iterator[str]:
    yield "\n# Installed providers. Keys come from the variable named, unless one is given here.\n"
    ids = registry.installed()
    yield "providers:\n" if ids else "providers: {}\n"
    for provider_id in ids:
        yield f"  {provider_id}:{_hint(registry, provider_id)}\n    enabled: true\n"


def _hint(registry: Registry, provider_id: str) -> str:
    try:
        info = registry.get(provider_id).provider_info()
    except PluginError:
        return "  # its plugin is broken: see `voicegw plugins list`"
    if info.local:
        return "  # runs on this machine, needs no key"
    return f"  # api_key: ${{{info.key_variable}}}" if info.key_variable else ""


def _stacks(*, local: bool) -> str:
    head = '\n# Three models that go together: inference.stack("name") returns them.\n'
    if not local:
        return f"{head}stacks: {{}}\n"
    try:
        stack = find_stack("local", GatewayConfig())
    except ConfigError:
        raise ConfigError(
            "No installed plugin offers local models: pip install 'voicegw-local[all]' first."
        ) from None
    legs = "".join(f"    {leg}: {getattr(stack, leg)}\n" for leg in ("stt", "llm", "tts"))
    return f"{head}stacks:\n  local:\n{legs}"
