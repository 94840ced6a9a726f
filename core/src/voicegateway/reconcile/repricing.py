"""New quotes beside the old ones: what rows would have cost by the price lists of today.

The rows and every summary keep the cost they were closed with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from datetime import UTC, date, datetime, time
from typing import Final, Protocol

from voicegateway.reconcile.quotations import Answer, Quotations, Rates
from voicegateway.reconcile.repriced import ModelChange, Repricing
from voicegateway.storage.codes import ABANDONED
from voicegateway.storage.engine import Engine
from voicegateway.storage.queries import Period, Reader
from voicegateway.storage.reads.names import legs_by_id
from voicegateway.storage.reads.pricings import ABOUT, Page, PricedRow, card_contents, priced_pages
from voicegateway.storage.requoting import NewQuote, RequoteWriter

__all__ = ["Colleagues", "ModelChange", "Repricing", "Run", "reprice"]

_NOON: Final = time(12, tzinfo=UTC)


class Colleagues(Protocol):
    """Who prices a share of the rows."""

    def share(self, run: Run) -> Iterator[int]:
        """Prices the period of the run together with it, and adds what the others did to its
        result. Gives the numbers of rows as they are done."""


def reprice(
    reader: Reader,
    engine: Engine,
    rates: Rates,
    period: Period,
    *,
    project: str | None = None,
    provider: str | None = None,
    as_of: date | None = None,
    reason: str = "voicegw reprice",
    dry_run: bool = False,
    report: Callable[[int], None] | None = None,
    colleagues: Colleagues | None = None,
) -> Repricing:
    """Prices the ended attempts of a period anew and writes the quotes that differ from those made
    last, in small transactions; `dry_run` writes nothing. `as_of` takes the rates of that day
    instead of each attempt's own. Raises `LedgerError`."""
    day = None if as_of is None else as_of.isoformat()
    writing = nullcontext(None) if dry_run else closing(RequoteWriter(engine, reason, day))
    done = 0
    with writing as writer:
        run = Run(reader, rates, Repricing(period, as_of, dry_run), writer, project, provider)
        counts = run.price(period) if colleagues is None else colleagues.share(run)
        with closing(counts):  # type: ignore[type-var]
            for count in counts:
                done += count
                if report is not None:
                    report(done)
        if writer is not None:
            writer.finish()
            run.result.batch = writer.batch
    return run.result


class Run:
    """Prices rows and writes their new quotes, as one batch."""

    def __init__(
        self,
        reader: Reader,
        rates: Rates,
        result: Repricing,
        writer: RequoteWriter | None,
        project: str | None,
        provider: str | None,
    ) -> None:
        self.reader = reader
        self.result = result
        self.project = project
        self.provider = provider
        self.writer = writer
        with reader.snapshot() as connection:
            self.legs = legs_by_id(connection)
        moment = None if result.as_of is None else datetime.combine(result.as_of, _NOON)
        self._quotations = Quotations(rates, self.legs, moment)

    def price(self, period: Period) -> Iterator[int]:
        """The rows of a period; gives how many, page by page."""
        pages = priced_pages(
            self.reader,
            period,
            project=self.project,
            provider=self.provider,
            besides=None if self.writer is None else self.writer.batch,
        )
        for page in pages:
            self._page(page)
            yield len(page.rows)

    def know_legs(self, leg_ids: set[int]) -> None:
        """Reads them again if one of these was first used after we began."""
        if not leg_ids <= self.legs.keys():
            with self.reader.snapshot() as connection:
                self.legs.update(legs_by_id(connection))

    def _page(self, page: Page) -> None:
        rows, writer = page.rows, self.writer
        self.know_legs({row[ABOUT] for row in rows})
        missing = self._quotations.unknown_cards(rows)
        if missing:
            self._quotations.learn_cards(card_contents(self.reader, missing))
        self._quotations.places = page.places
        written: list[NewQuote] = []
        for row in rows:
            answer = self._answer(row)
            if answer is not None and self._counted(row, answer) and writer is not None:
                card = _card(answer, writer)
                new = (row[1], row[2], writer.batch, answer.cost_nano, card, answer.own_part)
                written.append(new)
        if writer is not None:
            writer.add(written)

    def _answer(self, row: PricedRow) -> Answer | None:
        """None for a row that is left as it is."""
        if row[6] == ABANDONED:
            self.result.abandoned += 1
            return None
        question = row[ABOUT:]
        try:
            return self._quotations.answer(row[0], question)
        except Exception:  # noqa: BLE001 - a plugin's fault, or its absence, is said and harms no other
            provider = self.legs[question[0]].provider
            self.result.unanswered[provider] = self.result.unanswered.get(provider, 0) + 1
            return None

    def _counted(self, row: PricedRow, answer: Answer) -> bool:
        """Counts a row; whether its quote is a new one."""
        before, card_id, text, _, leg_id = row[3 : ABOUT + 1]
        change = self.result.models.get(leg_id)
        if change is None:
            change = self.result.models[leg_id] = ModelChange(self.legs[leg_id])
        change.requests += 1
        if before is None:
            change.unpriced += 1
        else:
            change.cost_nano += before
        if answer.cost_nano is None:
            change.newly_unpriced += 1
        else:
            change.new_nano += answer.cost_nano
        if not answer.sheet.has_terms:
            self.result.without_terms += 1
        if text == answer.own_part and self._quotations.is_card_of(card_id, answer):
            return False
        change.changed += 1
        return True


def _card(answer: Answer, writer: RequoteWriter) -> int:
    """The key of the answer's rate card, which is written once."""
    sheet = answer.sheet
    if sheet.card_id is None:
        sheet.card_id = writer.rate_card(sheet.quote, sheet.terms)
    return sheet.card_id
