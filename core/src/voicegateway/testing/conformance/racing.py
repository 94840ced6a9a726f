"""Several processes on one database."""

from __future__ import annotations

import time
from contextlib import ExitStack

from voicegateway.testing.conformance.place import LedgerPlace
from voicegateway.testing.conformance.process import Program
from voicegateway.testing.conformance.truth import checked_rows

__all__ = ["RacingTests"]


class RacingTests:
    """A new database opened by all of them at once, then written by all of them."""

    def test_processes_write_the_same_and_their_own_at_once(self, place: LedgerPlace) -> None:
        start_us = time.time_ns() // 1000
        with ExitStack() as running:
            # The attempts of seed 1 come from everybody, in the same order and at the same time.
            programs = [
                running.enter_context(
                    Program(place, "write", seeds=[(1, 150), (10 + index, 250)], start_us=start_us)
                )
                for index in range(4)
            ]
            for program in programs:
                assert program.hear() == "ready"
            for program in programs:
                program.tell("begin")
            for program in programs:
                assert program.hear() == [True, 0]
            for program in programs:
                assert program.end() == 0
        assert checked_rows(place) == 150 + 4 * 250
        assert place.rows("SELECT COUNT(*) FROM open_attempts") == [(0,)]
