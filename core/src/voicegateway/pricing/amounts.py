"""The arithmetic of prices: the same for every price list, so that a quote can be derived again
to its last digit, whatever precision the application works with."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

__all__ = ["ARITHMETIC", "price_of", "sum_of"]

ARITHMETIC: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
"""Python's default context, which plugins calculate in."""

_NOTHING: Final = Decimal(0)


def price_of(billed: Decimal, rate_usd: Decimal, per: Decimal) -> Decimal:
    """`billed * rate_usd / per`. Division comes last, so that most amounts end."""
    return ARITHMETIC.divide(ARITHMETIC.multiply(billed, rate_usd), per)


def sum_of(amounts: Iterable[Decimal]) -> Decimal:
    total = _NOTHING
    for amount in amounts:
        total = ARITHMETIC.add(total, amount)
    return total
