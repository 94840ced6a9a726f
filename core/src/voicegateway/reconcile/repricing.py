"""New quotes beside the old ones: what rows would have cost by the price lists of today.

The rows and every summary keep the cost they were closed with.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from voicegateway.reconcile.quotations import Answer, Quotations, Rates
from voicegateway.storage.codes import ABANDONED
from voicegateway.storage.engine import Engine
from voicegateway.storage.queries import Period, Reader
from voicegateway.storage.reads.names import Leg, legs_by_id
from voicegateway.storage.reads.pricings import ABOUT, Page, PricedRow, card_contents, priced_pages
from voicegateway.storage.reads.texts import usd_text
from voicegateway.storage.requoting import NewQuote, RequoteWriter

__all__ = ["ModelChange", "Repricing", "reprice"]

_NOON: Final = time(12, tzinfo=UTC)


@dataclass(slots=True)
class ModelChange:
    """What repricing found for one model. `cost_nano` and `new_nano` sum what is known of each."""

    leg: Leg
    requests: int = 0
    changed: int = 0
    """Rows whose quote is another than the one made last: those got a new one."""
    cost_nano: int = 0
    new_nano: int = 0
    unpriced: int = 0
    newly_unpriced: int = 0
    """Without a price in the new quotes."""

    def to_json(self) -> dict[str, object]:
        return {
            "provider": self.leg.provider,
            "model": self.leg.model,
            "modality": self.leg.modality.value,
            "requests": self.requests,
            "changed_requests": self.changed,
            "cost_usd": usd_text(self.cost_nano),
            "new_cost_usd": usd_text(self.new_nano),
            "difference_usd": usd_text(self.new_nano - self.cost_nano),
            "unpriced_requests": self.unpriced,
            "new_unpriced_requests": self.newly_unpriced,
        }


@dataclass(slots=True)
class Repricing:
    """What a run did."""

    period: Period
    as_of: date | None
    dry_run: bool
    batch: int | None = None
    """Its number in the ledger; None if nothing was written."""
    models: dict[int, ModelChange] = field(default_factory=dict)
    abandoned: int = 0
    """Rows that were left alone: their cost is an estimate of what a dead process spent."""
    without_terms: int = 0
    """Rows from before the terms were kept: priced as streaming, pay as you go, one channel."""
    unanswered: dict[str, int] = field(default_factory=dict)
    """Rows that were left alone, by provider: its plugin is not there, or raised an error."""

    def to_json(self) -> dict[str, object]:
        """As `voicegw reprice --json` prints it."""
        models = sorted(self.models.values(), key=lambda one: one.leg.name)
        before = sum(one.cost_nano for one in models)
        after = sum(one.new_nano for one in models)
        return {
            "period": self.period.to_json(),
            "rates_of": None if self.as_of is None else self.as_of.isoformat(),
            "dry_run": self.dry_run,
            "batch": self.batch,
            "requests": sum(one.requests for one in models),
            "changed_requests": sum(one.changed for one in models),
            "cost_usd": usd_text(before),
            "new_cost_usd": usd_text(after),
            "difference_usd": usd_text(after - before),
            "abandoned_requests": self.abandoned,
            "requests_without_terms": self.without_terms,
            "unanswered_requests": dict(sorted(self.unanswered.items())),
            "by_model": [one.to_json() for one in models],
        }


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
) -> Repricing:
    """Prices the ended attempts of a period anew and writes the quotes that differ from those made
    last, in small transactions; `dry_run` writes nothing. `as_of` takes the rates of that day
    instead of each attempt's own. Raises `LedgerError`."""
    with reader.snapshot() as connection:
        legs = legs_by_id(connection)
    moment = None if as_of is None else datetime.combine(as_of, _NOON)
    run = _Run(Repricing(period, as_of, dry_run), Quotations(rates, legs, moment), legs)
    day = None if as_of is None else as_of.isoformat()
    writing = nullcontext(None) if dry_run else closing(RequoteWriter(engine, reason, day))
    done = 0
    with writing as writer:
        besides = None if writer is None else writer.batch
        for page in priced_pages(
            reader, period, project=project, provider=provider, besides=besides
        ):
            run.page(reader, page, writer)
            done += len(page.rows)
            if report is not None:
                report(done)
        if writer is not None:
            writer.finish()
            run.result.batch = writer.batch
    return run.result


class _Run:
    """The state of one."""

    def __init__(self, result: Repricing, quotations: Quotations, legs: dict[int, Leg]) -> None:
        self.result = result
        self._quotations = quotations
        self._legs = legs

    def page(self, reader: Reader, page: Page, writer: RequoteWriter | None) -> None:
        rows = page.rows
        if not {row[ABOUT] for row in rows} <= self._legs.keys():  # first used after we began
            with reader.snapshot() as connection:
                self._legs.update(legs_by_id(connection))
        missing = self._quotations.unknown_cards(rows)
        if missing:
            self._quotations.learn_cards(card_contents(reader, missing))
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
            provider = self._legs[question[0]].provider
            self.result.unanswered[provider] = self.result.unanswered.get(provider, 0) + 1
            return None

    def _counted(self, row: PricedRow, answer: Answer) -> bool:
        """Counts a row; whether its quote is a new one."""
        before, card_id, text, _, leg_id = row[3 : ABOUT + 1]
        change = self.result.models.get(leg_id)
        if change is None:
            change = self.result.models[leg_id] = ModelChange(self._legs[leg_id])
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
