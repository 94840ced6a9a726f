"""Attempts whose process died, and those that end more than once."""

from __future__ import annotations

from decimal import Decimal

from voicegateway.storage.ledger import Ledger
from voicegateway.storage.models import AttemptCheckpointed, AttemptOpened
from voicegateway.storage.queries import logs
from voicegateway.testing.conformance import records as made
from voicegateway.testing.conformance.place import LedgerPlace, OpenLedger, until
from voicegateway.testing.conformance.process import Program
from voicegateway.testing.conformance.truth import checked_rows
from voicegateway.types import Unit

__all__ = ["ClosingTests"]


class ClosingTests:
    """First close, abandonment, and a true close after it."""

    def test_the_first_close_counts(self, ledger: Ledger, place: LedgerPlace) -> None:
        about = made.attempt("call")
        ledger.append(made.closed(about, outcome="completed"))
        assert ledger.flush(30)
        before = place.rows("SELECT * FROM attempts")
        ledger.append(AttemptOpened(about, 5))
        ledger.append(AttemptCheckpointed(about, {Unit.CREDITS: Decimal(9)}, "measured", 999))
        ledger.append(made.closed(about, outcome="failed", quote=made.UNPRICED))
        assert ledger.flush(30)
        assert place.rows("SELECT * FROM attempts") == before
        assert checked_rows(place) == 1

    def test_an_owner_that_closes_leaves_nothing_open(
        self, open_ledger: OpenLedger, place: LedgerPlace
    ) -> None:
        ledger = open_ledger()
        about = made.attempt("call")
        ledger.append(AttemptOpened(about, 40))
        ledger.append(AttemptCheckpointed(about, {Unit.CREDITS: Decimal(9)}, "measured", 50))
        assert ledger.flush(30)
        ledger.close()
        with place.reader() as reader:
            (row,) = logs(reader).rows
        assert (row.outcome, row.cost_nano, row.units) == (
            "abandoned",
            50,
            {Unit.CREDITS: Decimal(9)},
        )
        assert checked_rows(place) == 1

    def test_the_dead_are_settled_once_by_many_reapers(
        self, open_ledger: OpenLedger, place: LedgerPlace
    ) -> None:
        self._die(place, 40)
        reapers = [open_ledger() for _ in range(3)]
        with Program(place, "reap") as elsewhere:
            for reaper in reapers:
                reaper.start()
            until(lambda: place.rows("SELECT COUNT(*) FROM open_attempts") == [(0,)])
            assert elsewhere.hear() == "ready"
            elsewhere.tell("end")
            assert elsewhere.end() == 0
        assert checked_rows(place) == 40
        held = "SELECT COUNT(*), CAST(SUM(cost_nano) AS BIGINT) FROM attempts WHERE outcome = 4"
        assert place.rows(held) == [(40, 40_000_000)]

    def test_the_truth_replaces_a_reapers_guess(self, ledger: Ledger, place: LedgerPlace) -> None:
        self._die(place, 20)
        ledger.start()
        until(lambda: place.rows("SELECT COUNT(*) FROM open_attempts") == [(0,)])
        ended = made.many(20, seed=7)[:15]
        for record in [*ended, *ended]:
            ledger.append(record)
        assert ledger.flush(30)
        assert checked_rows(place) == 20
        with place.reader() as reader:
            found = {row.call_id: row for row in logs(reader, limit=100).rows}
        for record in ended:
            row = found[record.attempt.call_id]
            assert (row.outcome, row.quote, row.units) == (
                record.outcome,
                record.quote,
                record.units,
            )
        assert sum(row.outcome == "abandoned" for row in found.values()) == 5

    def test_the_living_are_left_alone(self, open_ledger: OpenLedger, place: LedgerPlace) -> None:
        with Program(place, "leave_open", count=10, seed=7) as living:
            assert living.hear() is True
            ledger = open_ledger()
            for record in made.many(50, seed=8):
                ledger.append(record)
            assert ledger.flush(30)
            assert place.rows("SELECT COUNT(*) FROM open_attempts") == [(10,)]
        until(lambda: place.rows("SELECT COUNT(*) FROM open_attempts") == [(0,)])
        assert checked_rows(place) == 60

    def _die(self, place: LedgerPlace, count: int) -> None:
        with Program(place, "leave_open", count=count, seed=7) as program:
            assert program.hear() is True
            program.kill()
        assert place.rows("SELECT COUNT(*) FROM open_attempts") == [(count,)]
