"""How a row came to its cost: the stored quote, derived once more, line by line.

Everything is read from the ledger. No price list is asked, so that a row is explained the same
way after its rates have changed or its plugin is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from voicegateway.errors import LedgerError
from voicegateway.pricing.amounts import price_of, sum_of
from voicegateway.reconcile.wording import lines_json, quote_json, terms_json
from voicegateway.storage.models import nano_usd
from voicegateway.storage.queries import Entry, Reader, attempt_by_id, attempts_of_call
from voicegateway.storage.reads.requotes import Requote, requotes_of
from voicegateway.storage.reads.texts import time_text, usd_text
from voicegateway.types import PriceQuote

__all__ = ["Derivation", "Explanation", "derived", "explain"]

Status = Literal["priced", "unknown", "open", "abandoned"]

_NOTES: Final[dict[Status, str]] = {
    "priced": "",
    "unknown": "Nobody knows a price for this attempt: it is in no sum. Its lines are a lower "
    "bound of what it cost.",
    "open": "This attempt is still running. Its cost is what was measured so far, and in no sum.",
    "abandoned": "The process died before this attempt ended. Its cost is an estimate: the larger "
    "of what it was last seen to cost and what it held of a budget.",
}


@dataclass(frozen=True, slots=True)
class Derivation:
    """A quote whose lines were multiplied out once more."""

    quote: PriceQuote
    amounts: tuple[Decimal, ...]
    """`billed * rate / per` of each line, in dollars."""
    amount_usd: Decimal | None
    """Their sum; where a quote has no lines the amount that it states, None if it is unknown."""
    stored_nano: int | None

    @property
    def agrees(self) -> bool:
        """Whether this is what the ledger says, to the last nano-dollar."""
        return nano_usd(self.amount_usd) == self.stored_nano

    def to_json(self) -> dict[str, object]:
        known = None if self.amount_usd is None else f"{self.amount_usd:f}"
        return {
            "cost_usd": usd_text(self.stored_nano),
            "derived_usd": known,
            "agrees": self.agrees,
            **quote_json(self.quote),
            "lines": lines_json(self.quote.lines, self.amounts),
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """One row: why it cost what the ledger says, and what later quotes say."""

    entry: Entry
    status: Status
    derivation: Derivation | None
    """None if the row has no quote: it is open or abandoned."""
    requotes: tuple[tuple[Requote, Derivation], ...] = ()

    @property
    def note(self) -> str:
        """What must be said of a row whose cost is not simply its price; else empty."""
        return _NOTES[self.status]

    @property
    def agrees(self) -> bool:
        """Whether all quotes of the row come out as stored."""
        own = () if self.derivation is None else (self.derivation,)
        return all(one.agrees for one in (*own, *(later for _, later in self.requotes)))

    def to_json(self) -> dict[str, object]:
        """As `voicegw explain --json` prints it: the row of `voicegw logs`, and its quote."""
        row = self.entry.to_json()
        terms = self.entry.terms
        return {
            **row,
            "status": self.status,
            "note": self.note,
            "terms": None if terms is None else terms_json(terms),
            "quote": None if self.derivation is None else self.derivation.to_json(),
            "requotes": [_requote_json(*one) for one in self.requotes],
        }


def explain(reader: Reader, row_id: str) -> list[Explanation]:
    """The row with this id (`CALL-ATTEMPT`), or all attempts of the call with this id, in their
    order. Raises `LedgerError` if the ledger has neither."""
    entry = attempt_by_id(reader, row_id)
    entries = attempts_of_call(reader, row_id) if entry is None else [entry]
    if not entries:
        raise LedgerError(
            f"The ledger {reader.name} has no row {row_id!r}: `voicegw logs` shows the ids it has. "
            "Rows older than cost_tracking.retention_days are no longer kept."
        )
    with reader.snapshot() as connection:
        later = [requotes_of(connection, entry.call_id, entry.attempt) for entry in entries]
    return [_explained(*one) for one in zip(entries, later, strict=True)]


def derived(quote: PriceQuote, stored_nano: int | None) -> Derivation:
    """The quote multiplied out, beside the cost that the ledger has for it."""
    amounts = tuple(price_of(line.billed, line.rate_usd, line.per) for line in quote.lines)
    return Derivation(quote, amounts, _total(quote, amounts), stored_nano)


def _total(quote: PriceQuote, amounts: Sequence[Decimal]) -> Decimal | None:
    if quote.amount_usd is None or not amounts:
        return quote.amount_usd
    return sum_of(amounts)


def _explained(entry: Entry, later: tuple[Requote, ...]) -> Explanation:
    quote = entry.quote
    own = None if quote is None else derived(quote, entry.cost_nano)
    requotes = tuple((one, derived(one.quote, one.cost_nano)) for one in later)
    return Explanation(entry, _status(entry), own, requotes)


def _status(entry: Entry) -> Status:
    if entry.outcome in ("open", "abandoned"):
        return "open" if entry.outcome == "open" else "abandoned"
    return "unknown" if entry.cost_nano is None else "priced"


def _requote_json(requote: Requote, derivation: Derivation) -> dict[str, object]:
    return {
        "batch": requote.batch,
        "made_at": time_text(requote.made_us),
        "reason": requote.reason,
        "rates_of": requote.as_of,
        "complete": requote.complete,
        **derivation.to_json(),
    }
