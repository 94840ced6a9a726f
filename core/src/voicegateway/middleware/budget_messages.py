"""What a refused call is told: what is spent, held and allowed, until when, and how to lift it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from voicegateway.errors import BudgetExceededError
from voicegateway.middleware.call import Leg
from voicegateway.storage.budgets import Account
from voicegateway.storage.models import usd

__all__ = ["refusal", "unpriced_refusal"]

_CAP: Final = "cap"
_SHOWN: Final = 3


def unpriced_refusal(project: str, leg: Leg) -> str:
    return (
        f"{leg.provider}/{leg.model} has no known price and projects.{project}.unpriced is refuse: "
        "give it a rate under pricing.overrides, or set unpriced to allow"
    )


def refusal(
    kind: type[BudgetExceededError], project: str, why: str, account: Account, nano: int | None
) -> BudgetExceededError:
    """`why` is `cap`, or the sentence that says what else stood in the way."""
    standing, caps = account.standing, account.caps
    period, spent, cap, resets = "daily", standing.day_nano, caps.daily_nano, standing.day_ends
    if cap is None or (
        caps.monthly_nano is not None and caps.monthly_nano - standing.month_nano < cap - spent
    ):
        period, spent, cap = "monthly", standing.month_nano, caps.monthly_nano
        resets = standing.month_ends
    held = standing.leased_nano
    return kind(
        _sentence(project, why, period, spent, held, cap or 0, nano, resets) + _holders(account),
        project=project,
        spent_usd=usd(spent),
        held_usd=usd(held),
        cap_usd=usd(cap),
        estimate_usd=usd(nano),
        resets_at=resets,
    )


def _sentence(
    project: str,
    why: str,
    period: str,
    spent: int,
    held: int,
    cap: int,
    nano: int | None,
    resets: datetime | None,
) -> str:
    if why != _CAP:
        return f"The call was not made for project {project!r}: {why.rstrip('.')}."
    until = f", until {resets:%Y-%m-%d %H:%M %Z}" if resets is not None else ""
    return (
        f"Project {project!r} has spent {_dollars(spent)} and holds {_dollars(held)} of its "
        f"{period} budget of {_dollars(cap)}{until}; this call may cost {_dollars(nano or 0)}. "
        f"Raise projects.{project}.{period}_budget, or see who holds it "
        f"(voicegw project {project})."
    )


def _holders(account: Account) -> str:
    """The calls of this process that hold most."""
    held = [f"{call_id} {_dollars(nano)}" for (call_id, _), nano in account.holders()[:_SHOWN]]
    return f" Held here by {', '.join(held)}." if held else ""


def _dollars(nano: int) -> str:
    amount = Decimal(nano) / 1_000_000_000
    return f"${amount:.2f}" if nano % 10_000_000 == 0 else f"${amount.normalize():f}"
