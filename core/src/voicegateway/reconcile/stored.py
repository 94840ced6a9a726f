"""What the rate cards say that stored rows were priced by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from voicegateway.storage import quotes
from voicegateway.storage.codes import UNITS, millionths, quantity
from voicegateway.types import PriceTerms, Unit

__all__ = ["StoredCards"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE: Final = {unit.value: place for place, unit in enumerate(UNITS)}
_MILLION: Final = 1_000_000


class StoredCards:
    """By key, as they are learned."""

    def __init__(self) -> None:
        self._rates: dict[int, tuple[object, ...]] = {}
        self._terms: dict[int | None, PriceTerms | None] = {None: None}
        self._places: dict[int, tuple[int, ...]] = {}

    def learn(self, contents: Mapping[int, str]) -> None:
        for card, content in contents.items():
            self._rates[card] = quotes.rates_of(content)
            self._terms[card] = quotes.terms_of(content, _EPOCH)
            self._places[card] = tuple(_PLACE[name] for name in quotes.units_of(content))

    def unknown(self, cards: set[int | None]) -> set[int]:
        """Those of the cards that were not learned yet."""
        return {card for card in cards if card is not None} - self._rates.keys()

    def rates(self, card_id: int) -> tuple[object, ...]:
        """Source, date and rates: equal for equal ones."""
        return self._rates[card_id]

    def terms(self, card_id: int | None) -> PriceTerms | None:
        """What a row was priced on, its time left out; None if that was not kept."""
        return self._terms[card_id]

    def exact(
        self, card_id: int | None, text: str | None, units: Mapping[int, int | None]
    ) -> dict[Unit, Decimal]:
        """The units of a row, given in millionths by place in `Unit`, as exact as the lines of its
        quote have them: the columns are rounded."""
        priced: dict[int, Decimal] = {}
        if card_id is not None and text is not None:
            lines = zip(self._places[card_id], quotes.quantities(text), strict=True)
            priced = {
                place: amount for place, amount in lines if units.get(place) == _whole(amount)
            }
        return {
            UNITS[place]: priced[place] if place in priced else quantity(value)
            for place, value in units.items()
            if value is not None
        }


def _whole(amount: Decimal) -> int:
    whole = int(amount)
    return whole * _MILLION if whole == amount else millionths(amount)
