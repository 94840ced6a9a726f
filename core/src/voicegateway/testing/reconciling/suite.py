"""What `voicegw reconcile` says of a month that agrees, and the suite."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from voicegateway.reconcile import explain
from voicegateway.storage.models import nano_usd
from voicegateway.storage.queries import open_reader
from voicegateway.testing.reconciling.calls import DAY, END, HOUR, START, billed
from voicegateway.testing.reconciling.ledger import Answer, reconciled
from voicegateway.testing.reconciling.planting import PlantingTests
from voicegateway.testing.reconciling.subject import Agreeing
from voicegateway.types import Unit

__all__ = ["ReconcileConformance"]

_PER_MILLE = Decimal("0.001")
_BERLIN = ("--timezone", "Europe/Berlin", "--start", "2026-10-02", "--end", "2026-10-30")


class ReconcileConformance(PlantingTests):
    """Subclass it, describe the vendor (see `ReconcileSubject`), and let pytest collect it."""

    def test_the_month_agrees_to_a_thousandth(self, agreeing: Agreeing) -> None:
        found = reconciled(
            agreeing.provider, agreeing.ledger, agreeing.files, "--json", "--threshold", "0.1"
        )
        assert found.code == 0, found.out + found.err
        self._check_agreement(found.json, agreeing)

    def test_the_rows_are_those_of_the_vendor(self, agreeing: Agreeing) -> None:
        found = reconciled(agreeing.provider, agreeing.ledger, agreeing.files, "--json")
        rows: dict[str, set[Unit | None]] = {}
        for row in found.json["rows"]:
            rows.setdefault(row["model"], set()).add(row["unit"])
            assert row["cause"] in (None, "rounding"), row
        assert rows == {model: set(units) for model, units in self.rows.items()}

    def test_every_cost_is_explained_to_the_last_nano_dollar(self, agreeing: Agreeing) -> None:
        """From what was stored with it: the price lists that it came from may be gone."""
        gone = mock.patch(
            "voicegateway.pricing.catalog.packaged_catalog", side_effect=AssertionError("gone")
        )
        with open_reader(agreeing.ledger) as reader, gone:
            for index, call in enumerate(agreeing.calls):
                (found,) = explain(reader, f"{index:026d}-1")
                assert found.derivation is not None
                assert found.derivation.agrees, found
                assert found.derivation.stored_nano == nano_usd(call.quote.amount_usd)

    def test_what_lies_outside_the_month_is_told(self, agreeing: Agreeing) -> None:
        outside = [call for call in agreeing.calls if not START <= call.at < END]
        assert outside
        inside = [call for call in agreeing.calls if START <= call.at < END]
        found = reconciled(agreeing.provider, agreeing.ledger, agreeing.files, "--json")
        booked = Decimal(found.json["recorded_total_usd"])
        assert abs(booked - billed(inside)) < Decimal("0.000001")

    def test_a_file_that_is_given_twice_is_found(self, agreeing: Agreeing) -> None:
        files = [*agreeing.files, *agreeing.files]
        found = reconciled(agreeing.provider, agreeing.ledger, files, "--json")
        assert found.code == 1
        assert {row["cause"] for row in found.json["rows"] if row["flagged"]} <= {"units", "rate"}
        assert {row["model"] for row in found.json["rows"] if row["flagged"]} == set(self.rows)

    def test_the_order_of_the_files_does_not_matter(self, agreeing: Agreeing) -> None:
        there, back = (
            reconciled(agreeing.provider, agreeing.ledger, files, "--json")
            for files in (agreeing.files, agreeing.files[::-1])
        )
        assert there == back

    def test_hours_agree_with_days_of_any_zone(self, agreeing: Agreeing, tmp_path: Path) -> None:
        """The clocks of Berlin change within the window."""
        if not self.hourly:
            pytest.skip("the vendor has no hours")
        hours = self.export(agreeing.calls, tmp_path, HOUR)
        found = self._in_berlin(agreeing, hours)
        assert found.code == 0, found.out + found.err
        assert {row["model"] for row in found.json["rows"]} == set(self.rows)
        assert {row["cause"] for row in found.json["rows"]} <= {None, "rounding"}

    def test_days_do_not_fit_those_of_another_zone(
        self, agreeing: Agreeing, tmp_path: Path
    ) -> None:
        if not self.hourly:
            pytest.skip("the vendor has no hours")
        found = self._in_berlin(agreeing, self.export(agreeing.calls, tmp_path, DAY))
        assert (found.code, found.out) == (2, "")
        assert "lies only partly in the window" in found.err
        assert found.err.count("\n") == 1

    def _in_berlin(self, agreeing: Agreeing, files: list[Path]) -> Answer:
        return reconciled(agreeing.provider, agreeing.ledger, files, "--json", *_BERLIN)

    def _check_agreement(self, found: dict[str, Any], agreeing: Agreeing) -> None:
        assert len(agreeing.calls) > 100, "a month, not a sample"
        rows = [row for row in found["rows"] if row["unit"] not in self.only_counted]
        assert rows
        for row in rows:
            assert abs(row["drift_pct"]) <= 0.1, row
        ours, theirs = found["recorded_total_usd"], found["vendor_total_usd"]
        assert (theirs is not None) is self.costs
        if theirs is not None:
            assert abs(Decimal(ours) - Decimal(theirs)) <= _PER_MILLE * Decimal(ours)
