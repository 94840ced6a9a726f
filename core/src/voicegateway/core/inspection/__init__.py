"""Plugins asked from outside: in a process of its own a plugin may hang, crash or end it, and the
command that asks goes on."""

from voicegateway.core.inspection.isolation import Answer, Claim, Trouble, ask, claims_of
from voicegateway.core.inspection.results import CheckResult, Outcome, Step, Task

__all__ = [
    "Answer",
    "CheckResult",
    "Claim",
    "Outcome",
    "Step",
    "Task",
    "Trouble",
    "ask",
    "claims_of",
]
