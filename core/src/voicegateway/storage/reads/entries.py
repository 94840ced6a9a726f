"""One attempt as it is read back, open or ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from voicegateway.storage import quotes
from voicegateway.storage.codes import (
    BASIS_WORD,
    OUTCOME_WORD,
    UNIT_COLUMNS,
    VERDICT_WORD,
    quantities,
)
from voicegateway.storage.days import datetime_of_us
from voicegateway.storage.engine import Connection, Row
from voicegateway.storage.models import LedgerOutcome, usd
from voicegateway.storage.reads.names import Leg, legs_by_id, projects_by_id
from voicegateway.storage.reads.texts import ms, time_text, units_json, usd_text
from voicegateway.types import Basis, PriceQuote, PriceTerms, Unit, Verdict

__all__ = ["CLOSED_SELECT", "OPEN_SELECT", "Entry", "entries", "quote_of"]

_UNITS: Final = ", ".join(f"a.{name}" for name in UNIT_COLUMNS)
_JOINED: Final = "LEFT JOIN sessions s ON s.id = a.session_id"
CLOSED_SELECT: Final = (
    "SELECT a.started_us, a.call_id, a.attempt, a.project_id, a.leg_id, s.name, a.outcome, "  # noqa: S608 - our own names
    "a.unit_basis, a.cost_nano, a.fallback_from, a.held_nano, a.verdict, a.ttfb_us, "
    "a.duration_us, a.speech_id, a.error, a.vendor_request_id, a.quote, c.content, "
    f"{_UNITS} FROM attempts a {_JOINED} LEFT JOIN rate_cards c ON c.id = a.rate_card_id"
)
OPEN_SELECT: Final = (
    "SELECT a.started_us, a.call_id, a.attempt, a.project_id, a.leg_id, s.name, 0, "  # noqa: S608 - our own names
    "a.unit_basis, a.cost_nano, a.fallback_from, a.held_nano, NULL, NULL, "
    "NULL, NULL, NULL, NULL, NULL, NULL, "
    f"{_UNITS} FROM open_attempts a {_JOINED}"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger."""

    call_id: str
    attempt: int
    started_us: int
    project: str
    session_id: str | None
    leg: Leg
    outcome: LedgerOutcome
    units: Mapping[Unit, Decimal]
    """So far, if it is open."""
    unit_basis: Basis | None
    """None if it is open and nothing was measured yet."""
    verdict: Verdict | None
    """None while it is open."""
    cost_nano: int | None
    """None: unknown. So far, if it is open."""
    held_nano: int | None
    ttfb_us: int | None
    duration_us: int | None
    speech_id: str | None
    fallback_from: str | None
    error: str | None
    vendor_request_id: str | None
    priced_by: tuple[str, str] | None
    """Rate card and the row's own part, as stored; `quote` reads them."""

    @property
    def quote(self) -> PriceQuote | None:
        """What it was priced by; None if it is open or abandoned."""
        return None if self.priced_by is None else quotes.decode(*self.priced_by)

    @property
    def price_source(self) -> str | None:
        return None if self.priced_by is None else quotes.source_of(self.priced_by[0]) or None

    @property
    def terms(self) -> PriceTerms | None:
        """What it was priced on, besides the units; None if that was not kept."""
        if self.priced_by is None:
            return None
        return quotes.terms_of(self.priced_by[0], datetime_of_us(self.started_us))

    @property
    def id(self) -> str:
        return f"{self.call_id}-{self.attempt}"

    @property
    def cost_usd(self) -> Decimal | None:
        return usd(self.cost_nano)

    def to_json(self) -> dict[str, object]:
        """As `voicegw logs --json` prints it."""
        return {
            "id": self.id,
            "call_id": self.call_id,
            "attempt": self.attempt,
            "speech_id": self.speech_id,
            "started_at": time_text(self.started_us),
            "project": self.project,
            "session_id": self.session_id,
            "modality": self.leg.modality.value,
            "provider": self.leg.provider,
            "model": self.leg.model,
            "outcome": self.outcome,
            "units": units_json(self.units),
            "unit_basis": self.unit_basis,
            "verdict": self.verdict,
            "cost_usd": usd_text(self.cost_nano),
            "price_source": self.price_source,
            "ttfb_ms": ms(self.ttfb_us),
            "duration_ms": ms(self.duration_us),
            "fallback_from": self.fallback_from,
            "error": self.error,
        }


def entries(connection: Connection, rows: Iterable[Row]) -> list[Entry]:
    """Rows of `CLOSED_SELECT` or `OPEN_SELECT`, in their order."""
    projects, legs = projects_by_id(connection), legs_by_id(connection)
    return [_entry(row, projects, legs) for row in rows]


def quote_of(entry: Entry) -> PriceQuote:
    """The quote a row was priced by, equal to the one it was closed with. An open or abandoned
    row has none: what it holds or may have cost is an estimate without a source."""
    quote = entry.quote
    if quote is not None:
        return quote
    return PriceQuote(
        amount_usd=entry.cost_usd,
        confidence="unknown" if entry.cost_nano is None else "estimated",
    )


def _entry(row: Row, projects: dict[int, str], legs: dict[int, Leg]) -> Entry:
    (started, call_id, attempt, project, leg, session, outcome, basis, cost, fallback, held,
     verdict, ttfb, duration, speech, error, request, quote, card) = row[:19]  # fmt: skip
    return Entry(
        call_id=call_id,
        attempt=attempt,
        started_us=started,
        project=projects[project],
        session_id=session,
        leg=legs[leg],
        outcome=OUTCOME_WORD[outcome],
        units=quantities(row[19:]),
        unit_basis=None if basis is None else BASIS_WORD[basis],
        verdict=None if verdict is None else VERDICT_WORD[verdict],
        cost_nano=cost,
        held_nano=held,
        ttfb_us=ttfb,
        duration_us=duration,
        speech_id=speech,
        fallback_from=fallback,
        error=error,
        vendor_request_id=request,
        priced_by=None if card is None or quote is None else (card, quote),
    )
