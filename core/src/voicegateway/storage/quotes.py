"""A price quote in two parts: what many quotes share, kept once, and what is one row's own.

The shared part (the rate card) is the source and, unit by unit, rate, `per` and rule, and the terms
(mode, plan and so on) that it was asked for on, so that it can be asked for again. The row keeps
quantity, billed and amount of each line as exact decimals, the total, the confidence and the
units without a rate:

    =|e|12.5~15~0.0018;300~~0.000045

that is total, confidence, unpriced units and lines; `=` is the sum of the lines, an empty total
is unknown, an empty `billed` is the quantity. A quote read back equals the one written.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Final

from voicegateway.types import Confidence, PriceLine, PriceQuote, PriceTerms, Unit

__all__ = [
    "CardKey",
    "card_content",
    "card_digest",
    "card_key",
    "decode",
    "encode",
    "quantities",
    "rates_of",
    "source_of",
    "terms_of",
    "units_of",
]

TermsKey = tuple[str, str | None, int, tuple[str, ...], str | None]
"""Mode, plan, channels, add-ons and service tier."""
CardKey = tuple[str, str, str | None, tuple[tuple[str, str, str, str], ...], TermsKey | None]
"""Source, its URL, its date, (unit, rate, per, rule) a line, rates as they are printed, and the
terms; None where the quote came without."""

_LETTER: Final[dict[Confidence, str]] = {"exact": "x", "estimated": "e", "unknown": "u"}
_CONFIDENCE: Final = {letter: word for word, letter in _LETTER.items()}
_SUM: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


def card_key(quote: PriceQuote, terms: PriceTerms | None = None) -> CardKey:
    as_of = None if quote.as_of is None else _iso(quote.as_of)
    rates = [
        (line.unit._value_, str(line.rate_usd), str(line.per), line.rule) for line in quote.lines
    ]
    asked = None if terms is None else _terms_key(terms)
    return quote.source, quote.source_url, as_of, tuple(rates), asked


def _terms_key(terms: PriceTerms) -> TermsKey:
    addons = tuple(sorted(terms.addons)) if terms.addons else ()
    return terms.mode, terms.plan, terms.channels, addons, terms.service_tier


def card_content(key: CardKey) -> str:
    kept = key[:4] if key[4] is None else key  # as cards were before they had terms
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def card_digest(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def encode(quote: PriceQuote) -> str:
    """The row's own part."""
    lines = ";".join([_line(line) for line in quote.lines])
    unpriced = ",".join(quote.unpriced) if quote.unpriced else ""
    return f"{_total(quote)}|{_LETTER[quote.confidence]}|{unpriced}|{lines}"


def decode(content: str, text: str) -> PriceQuote:
    """The quote of a row, from its rate card's content and its own part."""
    source, source_url, as_of, rates, _ = _card(content)
    total, letter, unpriced, varying = text.split("|")
    lines = tuple(
        _read_line(rate, line)
        for rate, line in zip(rates, varying.split(";") if varying else (), strict=True)
    )
    return PriceQuote(
        amount_usd=_read_total(total, lines),
        lines=lines,
        unpriced=tuple(Unit(name) for name in unpriced.split(",")) if unpriced else (),
        confidence=_CONFIDENCE[letter],
        source=source,
        source_url=source_url,
        as_of=None if as_of is None else date.fromisoformat(as_of),
    )


@lru_cache(maxsize=64)
def _iso(day: date) -> str:
    return day.isoformat()


def source_of(content: str) -> str:
    """The source that a rate card names."""
    return _card(content)[0]


def rates_of(content: str) -> tuple[object, ...]:
    """What a rate card holds besides the terms: equal for equal source, date and rates."""
    return _card(content)[:4]


def terms_of(content: str, at: datetime) -> PriceTerms | None:
    """The terms that a rate card was asked for on; None if it is from before they were kept."""
    terms = _card(content)[4]
    if terms is None:
        return None
    mode, plan, channels, addons, tier = terms
    return PriceTerms(at, mode, plan, channels, frozenset(addons), tier)  # type: ignore[arg-type]


def units_of(content: str) -> tuple[str, ...]:
    """The units of a rate card's lines."""
    return tuple(rate[0] for rate in _card(content)[3])


def quantities(text: str) -> list[Decimal]:
    """Of each line of a row's own part, as exact as they were priced. The columns of a row hold
    whole millionths."""
    lines = text[text.rindex("|") + 1 :]
    return [Decimal(line[: line.index("~")]) for line in lines.split(";")] if lines else []


def _line(line: PriceLine) -> str:
    quantity = str(line.quantity)
    if line.billed is line.quantity:
        return f"{quantity}~~{line.amount_usd!s}"
    billed = str(line.billed)
    return f"{quantity}~{'' if billed == quantity else billed}~{line.amount_usd!s}"


def _read_line(rate: tuple[str, str, str, str], text: str) -> PriceLine:
    unit, rate_usd, per, rule = rate
    quantity, billed, amount = text.split("~")
    return PriceLine(
        unit=Unit(unit),
        quantity=Decimal(quantity),
        billed=Decimal(billed or quantity),
        rate_usd=Decimal(rate_usd),
        per=Decimal(per),
        amount_usd=Decimal(amount),
        rule=rule,
    )


def _total(quote: PriceQuote) -> str:
    if quote.amount_usd is None:
        return ""
    # The total order tells 1.0 from 1.00 as well.
    same = quote.amount_usd.compare_total(_sum(quote.lines)).is_zero()
    return "=" if same else str(quote.amount_usd)


def _read_total(text: str, lines: tuple[PriceLine, ...]) -> Decimal | None:
    if not text:
        return None
    return _sum(lines) if text == "=" else Decimal(text)


def _sum(lines: tuple[PriceLine, ...]) -> Decimal:
    if not lines:
        return Decimal(0)
    total = lines[0].amount_usd
    for line in lines[1:]:
        total = _SUM.add(total, line.amount_usd)
    return total


@lru_cache(maxsize=256)
def _card(content: str) -> CardKey:
    source, source_url, as_of, rates, *more = json.loads(content)
    terms = None
    if more:
        mode, plan, channels, addons, tier = more[0]
        terms = (mode, plan, channels, tuple(addons), tier)
    return source, source_url, as_of, tuple(tuple(rate) for rate in rates), terms
