"""Opening a database: what is missing is made, what is newer is left alone."""

from __future__ import annotations

import pytest

from voicegateway.errors import LedgerError
from voicegateway.storage.schema import latest_version, schema_version
from voicegateway.testing.conformance import records as made
from voicegateway.testing.conformance.place import LedgerPlace, OpenLedger, until
from voicegateway.testing.conformance.truth import checked_rows

__all__ = ["OpeningTests"]


class OpeningTests:
    """The schema, and one that this version does not know."""

    def test_no_ledger_is_a_clear_error_and_makes_none(self, place: LedgerPlace) -> None:
        for _ in range(2):
            with pytest.raises(LedgerError, match="no ledger"), place.reader():
                pass

    def test_the_schema_is_the_latest(self, open_ledger: OpenLedger, place: LedgerPlace) -> None:
        ledger = open_ledger()
        ledger.append(made.closed(made.attempt("call")))
        assert ledger.flush(30)
        with place.reader() as reader, reader.snapshot() as connection:
            assert schema_version(connection) == latest_version()

    def test_a_schema_from_the_future_is_refused_and_kept(
        self, open_ledger: OpenLedger, place: LedgerPlace
    ) -> None:
        first = open_ledger()
        first.append(made.closed(made.attempt("call")))
        assert first.flush(30)
        first.close()
        version = "UPDATE meta SET value = ? WHERE name = 'schema_version'"
        place.change(version, ("999",))
        with pytest.raises(LedgerError, match=r"schema 999 .*upgrade"), place.reader():
            pass
        later = open_ledger()
        later.append(made.closed(made.attempt("later")))
        later.flush(0.3)
        assert later.stats().committed == 0
        assert "upgrade" in (later.stats().last_error or "")
        place.change(version, (str(latest_version()),))
        until(lambda: later.stats().committed == 1)
        assert checked_rows(place) == 2
