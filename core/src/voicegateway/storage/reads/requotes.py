"""What attempts would have cost at other rates: the quotes that repricing wrote beside theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voicegateway.storage import quotes
from voicegateway.storage.engine import Connection
from voicegateway.types import PriceQuote

__all__ = ["Requote", "requotes_of"]

_SELECT: Final = (
    "SELECT b.id, b.made_us, b.reason, b.as_of, b.finished_us, q.cost_nano, c.content, q.quote "
    "FROM requotes q JOIN requote_batches b ON b.id = q.batch_id "
    "JOIN rate_cards c ON c.id = q.rate_card_id "
    "WHERE q.call_id = ? AND q.attempt = ? ORDER BY b.id"
)


@dataclass(frozen=True, slots=True)
class Requote:
    """One later quote of one attempt."""

    batch: int
    made_us: int
    reason: str
    as_of: str | None
    """The day whose rates were asked for; None: the day of the attempt."""
    complete: bool
    """False if the run that made it was cut short: other rows may lack theirs."""
    cost_nano: int | None
    quote: PriceQuote


def requotes_of(connection: Connection, call_id: str, attempt: int) -> tuple[Requote, ...]:
    """Oldest first; none if the attempt was never priced anew, or always at the same."""
    return tuple(
        Requote(batch, made, reason, as_of, finished is not None, cost, quotes.decode(card, own))
        for batch, made, reason, as_of, finished, cost, card, own in connection.execute(
            _SELECT, (call_id, attempt)
        )
    )
