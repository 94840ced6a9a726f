"""What `flush` and `close` promise."""

from __future__ import annotations

import threading

from voicegateway.storage.ledger import Ledger
from voicegateway.testing.conformance import records as made
from voicegateway.testing.conformance.place import LedgerPlace, OpenLedger, until

__all__ = ["FlushingTests"]


class FlushingTests:
    """After a flush every other process sees the rows."""

    def test_what_was_flushed_is_there(self, ledger: Ledger, place: LedgerPlace) -> None:
        for number in range(1, 4):
            ledger.append(made.closed(made.attempt(f"call-{number}")))
            assert ledger.flush(30)
            assert self._count(place) == number

    def test_it_is_written_without_being_asked(self, ledger: Ledger, place: LedgerPlace) -> None:
        ledger.append(made.closed(made.attempt("call")))
        until(lambda: ledger.stats().committed == 1)
        assert self._count(place) == 1

    def test_a_record_may_be_made_by_the_writer(self, ledger: Ledger, place: LedgerPlace) -> None:
        ledger.append(lambda: made.closed(made.attempt("call")))
        assert ledger.flush(30)
        assert self._count(place) == 1

    def test_many_threads_each_wait_for_their_own(self, ledger: Ledger, place: LedgerPlace) -> None:
        def work(name: int) -> None:
            for index in range(10):
                ledger.append(made.closed(made.attempt(f"call-{name}-{index}")))
                assert ledger.flush(60)

        threads = [threading.Thread(target=work, args=(name,)) for name in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert self._count(place) == 60
        assert ledger.stats().queued == 0

    def test_close_drains_and_refuses_what_comes_later(
        self, open_ledger: OpenLedger, place: LedgerPlace
    ) -> None:
        ledger = open_ledger()
        for record in made.many(1000):
            ledger.append(record)
        ledger.close(timeout=60)
        ledger.close()
        assert self._count(place) == 1000
        ledger.append(made.closed(made.attempt("late")))
        assert not ledger.flush(1)
        assert (ledger.stats().committed, ledger.stats().lost) == (1000, 1)

    def _count(self, place: LedgerPlace) -> object:
        return place.rows("SELECT COUNT(*) FROM attempts")[0][0]
