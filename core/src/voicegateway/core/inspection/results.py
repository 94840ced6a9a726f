"""What is looked at in a plugin, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

__all__ = ["CheckResult", "Outcome", "Step", "Task", "failed", "ok", "skipped"]

Outcome = Literal["ok", "failed", "skipped"]


class Task(StrEnum):
    """What a worker does with the plugins it is given."""

    RATES = "rates"
    """Each one's price list."""
    SURVEY = "survey"
    """Load each, and ask for its `provider_info` and how old its price list is."""
    TEST = "test"
    """One's own cheap check, with the settings that its calls would have."""
    CHECK = "check"
    """Everything that `voicegw plugins check` looks at."""


class Step(StrEnum):
    """The groups of checks, in the order they run."""

    CLAIM = "claim"
    LOAD = "load"
    IMPORTS = "imports"
    OUTPUT = "output"
    HOOKS = "hooks"
    INFO = "info"
    RATES = "rates"
    ASKING = "asking"
    PRICES = "prices"
    VERDICTS = "verdicts"
    THREADS = "threads"
    FACTORIES = "factories"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One group of checks: `detail` is what is wrong, or why it was left out; empty if it is ok."""

    step: Step
    outcome: Outcome
    detail: str = ""


def ok(step: Step) -> CheckResult:
    return CheckResult(step, "ok")


def skipped(step: Step, why: str) -> CheckResult:
    return CheckResult(step, "skipped", why)


def failed(step: Step, what: str) -> CheckResult:
    return CheckResult(step, "failed", what)
