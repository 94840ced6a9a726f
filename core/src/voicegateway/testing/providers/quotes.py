"""What is true of every quote, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Final

from voicegateway.types import PriceLine, PriceQuote, Unit

__all__ = ["check_quote", "used"]

_EXACT: Final = Context(prec=50)
_ROUNDING: Final = Decimal("1e-15")
"""Dollars: what is lost where a division does not end."""


def used(units: Mapping[Unit, Decimal]) -> bool:
    """Whether anything at all was consumed."""
    return any(amount > 0 for amount in units.values())


def check_quote(quote: PriceQuote, units: Mapping[Unit, Decimal], *, free: bool = False) -> None:
    """Assert that a quote for `units` is honest and can be explained from its lines. `free`: the
    provider takes no money, so that 0 is a price."""
    _check_types(quote)
    for line in quote.lines:
        _check_line(line, units)
    if quote.amount_usd is None:
        assert quote.unpriced or quote.confidence == "unknown", (
            "a quote without an amount must name the units it has no rate for, or be unknown"
        )
        return
    assert not quote.unpriced, (
        f"{', '.join(quote.unpriced)} is billed and has no rate, so the amount is not known: it "
        f"must be None, and is {quote.amount_usd}"
    )
    assert quote.confidence != "unknown", "an amount of unknown confidence: is it None?"
    total = _sum(quote)
    assert abs(quote.amount_usd - total) <= _ROUNDING, (
        f"the amount {quote.amount_usd} is not the sum of its lines, {total}"
    )
    assert free or quote.amount_usd or not used(units), (
        "units were used and the quote is 0: where no rate is known the amount is None"
    )


def _sum(quote: PriceQuote) -> Decimal:
    total = Decimal(0)
    for line in quote.lines:
        total = _EXACT.add(total, line.amount_usd)
    return total


def _check_types(quote: PriceQuote) -> None:
    amounts = {"amount_usd": quote.amount_usd} if quote.amount_usd is not None else {}
    for line in quote.lines:
        for name in ("quantity", "billed", "rate_usd", "per", "amount_usd"):
            amounts[f"{line.unit}: {name}"] = getattr(line, name)
    for name, amount in amounts.items():
        assert isinstance(amount, Decimal), f"{name} is a {type(amount).__name__}: money is Decimal"
        assert amount.is_finite(), f"{name} is {amount}"
        assert amount >= 0, f"{name} is {amount}"


def _check_line(line: PriceLine, units: Mapping[Unit, Decimal]) -> None:
    assert isinstance(line.unit, Unit), f"{line.unit!r} is no Unit"
    assert line.unit in units, f"the quote has a line for {line.unit}, which was not asked about"
    assert line.quantity == units[line.unit], (
        f"{line.unit}: the line says {line.quantity} were used, and it was {units[line.unit]}"
    )
    assert line.billed == line.quantity or line.rule, (
        f"{line.unit}: {line.billed} billed of {line.quantity} used, and no rule says why"
    )
    amount = _EXACT.divide(_EXACT.multiply(line.billed, line.rate_usd), line.per)
    assert abs(line.amount_usd - amount) <= _ROUNDING, (
        f"{line.unit}: {line.billed} * {line.rate_usd} / {line.per} is {amount}, and the line says "
        f"{line.amount_usd}"
    )
