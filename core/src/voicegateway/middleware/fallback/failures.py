"""Why models failed, said without their messages, which may quote what was spoken, or a key."""

from __future__ import annotations

from dataclasses import dataclass

from livekit.agents import APIConnectionError

from voicegateway.errors import BudgetExceededError, RateLimitExceeded

__all__ = ["Failure", "NothingHeardError", "all_failed", "is_final", "is_refusal"]


class NothingHeardError(APIConnectionError):
    """An ear heard nothing in what sounds like speech. It has failed if another one does; else
    there was nothing to hear."""

    def __init__(self) -> None:
        super().__init__("nothing was heard")


@dataclass(frozen=True, slots=True)
class Failure:
    """One model of a chain, and what became of it."""

    model: str
    """`provider/model`."""
    reason: str

    def __str__(self) -> str:
        return f"{self.model}: {self.reason}"


def is_final(error: BaseException) -> bool:
    """No other model may help: the budget is the project's, not the provider's."""
    return isinstance(error, BudgetExceededError)


def is_refusal(error: BaseException) -> bool:
    """Our own limit, which says nothing about the provider's health."""
    return isinstance(error, RateLimitExceeded)


def all_failed(kind: str, failures: list[Failure]) -> APIConnectionError:
    """The one error that a caller gets when no model of a chain could help."""
    return APIConnectionError(f"Every {kind} failed: {'; '.join(map(str, failures))}.")
