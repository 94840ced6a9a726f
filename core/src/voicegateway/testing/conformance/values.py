"""Whatever a record says comes back as it was."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest

from voicegateway.storage.ledger import Ledger
from voicegateway.storage.queries import (
    costs,
    latency,
    logs,
    period_named,
    session_receipt,
    sessions,
)
from voicegateway.testing.conformance import records as made
from voicegateway.testing.conformance.place import LedgerPlace
from voicegateway.testing.conformance.truth import checked_rows
from voicegateway.types import PriceLine, PriceQuote, Unit

__all__ = ["ValueTests"]

# What no index can compress.
_LONG = "".join(random.Random(1).choices("ABCDEFGHΩ🧑", k=20_000))  # noqa: S311 - the same each time
_ODD = {
    "nul": "req\x00id\x00",
    "emoji": "🧑‍🚀 modèle ﷽",
    "quotes": """it's "quoted", \\backslashed\\ {braces}, NULL, %s ? $1 -- ;""",
    "spaces": " \t\r\n ",
    "escape": "\ufdd0\ufdd00 \uffff \U0010ffff",
    "long": _LONG,
    "empty": "",
}


class ValueTests:
    """Texts, numbers and quotes."""

    @pytest.mark.parametrize("kind", list(_ODD))
    def test_odd_text_comes_back(self, ledger: Ledger, place: LedgerPlace, kind: str) -> None:
        odd = _ODD[kind]
        quote = PriceQuote(Decimal(1), (), (), "exact", odd, odd)
        for calls in (("one",), ("two", "three")):  # one alone, then a batch
            for about in [made.attempt(call, fallback_from=odd) for call in calls]:
                ledger.append(
                    made.closed(about, speech_id=odd, error=odd, vendor_request_id=odd, quote=quote)
                )
            assert ledger.flush(30)
        with place.reader() as reader:
            found = logs(reader).rows
        assert len(found) == 3
        for entry in found:
            texts = (entry.speech_id, entry.error, entry.vendor_request_id, entry.fallback_from)
            assert texts == (odd, odd, odd, odd)
            assert entry.quote == quote

    @pytest.mark.parametrize("kind", list(_ODD))
    def test_odd_names_are_names(self, ledger: Ledger, place: LedgerPlace, kind: str) -> None:
        odd = _ODD[kind]
        names = {"project": odd, "session_id": odd, "provider": odd, "model": odd}
        other = dict.fromkeys(names, f"{odd}.")
        for index in range(3):
            ledger.append(made.closed(made.attempt(f"call-{index}", **names)))
        ledger.append(made.closed(made.attempt("other", **other)))
        assert ledger.flush(30)
        assert checked_rows(place) == 4
        with place.reader() as reader:
            rows = logs(reader, project=odd, session=odd).rows
            receipt = session_receipt(reader, odd)
            spent = costs(reader, period_named("today", "UTC"), project=odd)
            listed = {row.sum.requests for row in sessions(reader, project=odd).rows}
        assert {row.call_id for row in rows} == {"call-0", "call-1", "call-2"}
        assert receipt is not None
        assert (receipt.requests, spent.total.requests, listed) == (3, 3, {3})
        if kind != "long":  # names beyond any sense may be kept shortened
            assert rows[0].leg.name == f"{odd}/{odd}"
            assert (rows[0].project, rows[0].session_id) == (odd, odd)

    def test_numbers_beyond_a_float(self, ledger: Ledger, place: LedgerPlace) -> None:
        most, count = Decimal("999999999.999999"), 2000
        quote = PriceQuote(Decimal("999999.999999999"), (), (), "exact", "list")
        for index in range(count):
            about = made.attempt(f"call-{index}")
            ledger.append(made.closed(about, units={Unit.CREDITS: most}, quote=quote))
        assert ledger.flush(60)
        assert checked_rows(place) == count
        with place.reader() as reader:
            found = costs(reader, period_named("today", "UTC"))
        assert found.total_usd == Decimal("999999.999999999") * count
        assert found.total.units[Unit.CREDITS] == most * count

    def test_a_number_no_attempt_can_have_is_lost_alone(
        self, ledger: Ledger, place: LedgerPlace
    ) -> None:
        ledger.append(made.closed(made.attempt("good")))
        ledger.append(made.closed(made.attempt("bad"), units={Unit.CREDITS: Decimal("1e40")}))
        ledger.append(made.closed(made.attempt("fine")))
        assert not ledger.flush(30)
        stats = ledger.stats()
        assert (stats.committed, stats.lost, stats.queued) == (2, 1, 0)
        assert checked_rows(place) == 2

    def test_a_quote_comes_back_to_the_last_digit(self, ledger: Ledger, place: LedgerPlace) -> None:
        line = PriceLine(
            unit=Unit.AUDIO_SECONDS,
            quantity=Decimal("12.3456789"),
            billed=Decimal("15.000"),
            rate_usd=Decimal("0.0043"),
            per=Decimal("6E+1"),
            amount_usd=Decimal("0.0010750000"),
            rule="increment=15, \"minimum\"='15' | ~;",
        )
        quote = PriceQuote(
            amount_usd=Decimal("0.001075"),
            lines=(line,),
            unpriced=(),
            confidence="estimated",
            source="acme | list ~ 1; 2",
            source_url="https://acme.example/?a=1&b=2",
            as_of=date(2026, 11, 1),
        )
        partly = PriceQuote(None, (line,), (Unit.REQUESTS, Unit.CREDITS), "unknown", "list")
        ledger.append(made.closed(made.attempt("whole"), quote=quote))
        ledger.append(made.closed(made.attempt("partly"), quote=partly))
        assert ledger.flush(30)
        with place.reader() as reader:
            found = {row.call_id: row.quote for row in logs(reader).rows}
        assert repr(found["whole"]) == repr(quote)
        assert found["partly"] == partly

    def test_latencies_within_one_percent(self, ledger: Ledger, place: LedgerPlace) -> None:
        for index in range(1, 101):
            about = made.attempt(f"call-{index}")
            ledger.append(made.closed(about, ttfb_ms=10.0 * index, duration_ms=1e9))
        assert ledger.flush(30)
        with place.reader() as reader:
            (leg,) = latency(reader, period_named("today", "UTC"))
        assert leg.ttfb.ms == pytest.approx({50.0: 500, 95.0: 950, 99.0: 990}, rel=0.011)
        assert leg.duration.count == 100
