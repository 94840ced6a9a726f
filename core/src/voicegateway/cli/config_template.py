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
  # voice: {provider: acme, model: tone-1, language: en, voice: nova, options: {speed: 1.1}}

# For each kind, models to ask in this order when one fails.
fallbacks:
  stt: []
  llm: []
  tts: []

# Calls are attributed to a project; this one if the agent names none.
default_project: default

projects:
  default:
    name: Default
    description: ""
    # default_stack: premium  # what inference.stack() returns
    # daily_budget: 5.00  # US dollars a calendar day; without it there is no cap
    # monthly_budget: 100.00
    budget_action: warn  # at the cap: `warn`, `throttle` (to throttle_stack) or `block`
    # throttle_stack: local
    estimate: typical  # hold what such calls cost; `bound` holds the most that one can cost
    unpriced: allow  # models without a known price; `refuse` them instead
    rate_limits: {}  # this project's own, as `rate_limits` below
    providers: {}  # keys of this project's own, as under `providers` above
    tags: []

# What a provider may be asked, by all processes together.
rate_limits: {}
#  acme:
#    requests_per_minute: 600
#    concurrent_streams: 20
#    on_limit: raise  # or `wait`, for at most a minute

# The ledger: what every call used and cost.
cost_tracking:
  enabled: true
  # db_path: a file or a URL; VOICEGW_DB_PATH wins
  timezone: UTC  # whose calendar days and months costs are summed by
  durability: process  # survive a killed process; `power` survives a power cut as well
  # retention_days: 400  # delete single requests after so many days; sums stay

# Your own rates, which win over every price list.
pricing:
  overrides: []
  # - match: {provider: acme, model: "tone-*", mode: batch}
  #   rates: {characters: {usd: 0.02, per: 1000}}
  #   credit_usd: 0.0001  # for vendors that bill in credits
  #   plan: scale  # only for calls under that plan
  #   valid_from: 2026-09-01
  #   note: our contract

latency:
  ttfb_warning_ms: 500  # slower first outputs are warned of
  percentiles: [50, 95, 99]

observability:
  latency_tracking: true  # keep times, warn of slow calls
  cost_tracking: true  # false turns the ledger off, as cost_tracking.enabled does
  request_logging: true  # a line an attempt on the logger voicegateway.requests

plugins:
  disabled: []  # provider ids or distribution names
  preload: true  # let voicegateway.preload() import what the config names

server:  # voicegw serve
  host: 127.0.0.1  # another address needs a key first: voicegw keys create NAME --scopes read
  port: 8080
  cors_origins: []  # sites whose pages may read the API's answers
  allowed_hosts: []  # hosts inside this network that a managed base_url may name

auth:
  api_keys: []
  # - name: grafana
  #   hash: as `voicegw keys hash` prints it, or token: ${GRAFANA_TOKEN}
  #   scopes: [read]
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
