"""The configuration of the sample month: no key in it, and budgets that fit what was spent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path

from voicegateway.demo.month.cast import PROJECTS, PROVIDERS, RATES, STACKS, Project
from voicegateway.pricing.overrides import RateOverride
from voicegateway.storage.models import NANO

__all__ = ["config_text"]

_HEAD = """\
# The configuration of the sample month. Its companies, models and prices are made up: for calls of
# your own begin with `voicegw init`.
"""
_NEARLY = Decimal("0.93")
_AMPLE = Decimal("0.4")


def config_text(ledger: Path, today: Mapping[str, int], month: Mapping[str, int]) -> str:
    """`today` and `month`: what each project has spent, in nano-dollars. Of the budgets one is
    nearly spent, and one is used up."""
    return "".join(
        [
            _HEAD,
            f"cost_tracking:\n  db_path: {_quoted(ledger.resolve())}\n  timezone: UTC\n",
            "default_project: support\n",
            *_providers(),
            *_stacks(),
            "fallbacks:\n  llm: [acme/parrot-2-mini, wren/reason-70b]\n",
            "  tts: [lark/voice-lite, heron/speak-flash]\n",
            "rate_limits:\n  acme:\n    requests_per_minute: 600\n    concurrent_streams: 40\n",
            "projects:\n",
            *(line for project in PROJECTS for line in _project(project, today, month)),
            *_prices(),
        ]
    )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''").replace("${", "$${") + "'"


def _providers() -> Iterator[str]:
    yield "providers:\n"
    for provider in PROVIDERS:
        yield f"  {provider}: {{enabled: true}}\n"


def _stacks() -> Iterator[str]:
    yield "stacks:\n"
    for name, stack in STACKS.items():
        legs = ", ".join(f'{model.modality}: "{model.id}"' for model in stack)
        yield f"  {name}: {{{legs}}}\n"


def _project(project: Project, today: Mapping[str, int], month: Mapping[str, int]) -> Iterator[str]:
    yield f"  {project.name}:\n    name: {project.title}\n"
    yield f"    description: {project.description}\n    default_stack: {project.stacks[0]}\n"
    yield f"    tags: [{', '.join(project.tags)}]\n"
    spent_today, spent_month = today.get(project.name, 0), month.get(project.name, 0)
    if project.name == "support":
        yield f"    monthly_budget: {_cap(spent_month, _NEARLY)}\n    budget_action: warn\n"
    if project.name == "booking":
        yield f"    daily_budget: {_cap(spent_today, _AMPLE)}\n"
        yield f"    monthly_budget: {_cap(spent_month, _AMPLE)}\n"
        yield "    budget_action: throttle\n    throttle_stack: house\n"
    if project.name == "survey":
        yield f"    daily_budget: {_used_up(spent_today)}\n    budget_action: block\n"


def _cap(spent: int, part: Decimal) -> str:
    """Of which so much is spent, to three digits."""
    return _short(max(spent, 1_000_000) / NANO / part, ROUND_CEILING)


def _used_up(spent: int) -> str:
    return _short(Decimal(spent) / NANO, ROUND_FLOOR)


def _short(amount: Decimal, rounding: str) -> str:
    if not amount:
        return "0"
    return format(amount.quantize(Decimal((0, (1,), amount.adjusted() - 2)), rounding), "f")


def _prices() -> Iterator[str]:
    yield "pricing:\n  overrides:\n"
    for rates in RATES:
        yield from _override(rates)


def _override(override: RateOverride) -> Iterator[str]:
    yield f'    - match: {{provider: {override.provider}, model: "{override.model}"}}\n'
    yield f"      note: {override.note}\n      valid_from: {override.valid_from}\n      rates:\n"
    for unit, rate in override.rates.items():
        yield f"        {unit}: {{usd: {rate.usd}, per: {rate.per}}}\n"
