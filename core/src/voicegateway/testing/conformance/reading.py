"""Reads: periods, pages, a change of zone, and reads while others write."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from voicegateway.storage.ledger import Ledger
from voicegateway.storage.models import AttemptOpened, LedgerOutcome
from voicegateway.storage.queries import (
    Period,
    all_time,
    attempt_by_id,
    attempts_in,
    between,
    costs,
    health,
    logs,
)
from voicegateway.testing.conformance import records as made
from voicegateway.testing.conformance.place import LedgerPlace, OpenLedger
from voicegateway.testing.conformance.truth import checked_rows

__all__ = ["ReadingTests"]

_DAY_US = 86_400_000_000


class ReadingTests:
    """Every read through the reader that an engine offers."""

    def test_any_period_is_the_sum_of_its_attempts(
        self, ledger: Ledger, place: LedgerPlace
    ) -> None:
        ended = made.many(2000, step_us=150_000_000)  # three and a half days until now
        for record in ended:
            ledger.append(record)
        assert ledger.flush(60)
        first, last = ended[0].attempt.started_us, ended[-1].attempt.started_us
        edges = [first, first + 1, first + 7 * 3_600_000_000, first + _DAY_US, last, last + 1]
        with place.reader() as reader:
            for start, end in zip(edges, [*edges[1:], last + _DAY_US], strict=True):
                period = Period(start, end, "UTC")
                inside = [one for one in ended if start <= one.attempt.started_us < end]
                found = costs(reader, period)
                assert found.total.requests == len(inside)
                assert found.total.known_nano == made.known_cost(inside)
                calls = [row.call_id for row in attempts_in(reader, period)]
                assert calls == [one.attempt.call_id for one in inside]
                sessions = {row.key: row.sum.requests for row in found.by_session}
                assert sum(sessions.values()) == len(inside)

    def test_pages_of_the_log_are_every_row_once(self, ledger: Ledger, place: LedgerPlace) -> None:
        moment = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * 1_000_000
        ended = made.many(90, start_us=moment, step_us=0)  # all at once: only ids tell them apart
        for record in ended:
            ledger.append(record)
        for index in range(10):
            ledger.append(AttemptOpened(made.attempt(f"Call-{index}", started_us=moment), 1))
        assert ledger.flush(30)
        seen: list[str] = []
        with place.reader() as reader:
            cursor: str | None = None
            while cursor is not None or not seen:
                page = logs(reader, limit=7, cursor=cursor)
                seen += [row.id for row in page.rows]
                cursor = page.next_cursor
            outcomes: tuple[LedgerOutcome, ...] = ("open", "failed")
            for outcome in outcomes:
                rows = logs(reader, outcome=outcome, limit=200).rows
                assert rows
                assert {row.outcome for row in rows} == {outcome}
            one = attempt_by_id(reader, seen[50])
        assert one is not None
        assert one.id == seen[50]
        # Text is compared by its bytes, as Python compares it, whatever the server's locale.
        ids = [f"Call-{index}-1" for index in range(10)] + [one.attempt.id for one in ended]
        assert seen == sorted(ids, reverse=True)

    def test_another_zone_rebuilds_the_days(
        self, open_ledger: OpenLedger, place: LedgerPlace
    ) -> None:
        ledger = open_ledger(timezone="UTC")
        ended = made.many(400, step_us=3_600_000_000)
        for record in ended[:300]:
            ledger.append(record)
        assert ledger.flush(60)
        other = open_ledger(timezone="Asia/Kathmandu")
        other.append(ended[300])
        assert other.flush(60)
        for record in ended[301:]:
            ledger.append(record)  # it learns that days are others now
        assert ledger.flush(60)
        assert checked_rows(place) == 400
        with place.reader() as reader:
            assert health(reader).timezone == "Asia/Kathmandu"
            assert sum(total.sum.requests for total in all_time(reader)) == 400

    def test_a_read_sees_one_moment_while_others_write(
        self, ledger: Ledger, place: LedgerPlace
    ) -> None:
        ledger.append(made.closed(made.attempt("first")))
        assert ledger.flush(30)
        ended = made.many(4000)

        def write() -> None:
            for record in ended:
                ledger.append(record)
            ledger.flush(60)

        writer = threading.Thread(target=write)
        writer.start()
        looks = 0
        with place.reader() as reader:
            while writer.is_alive() or looks == 0:
                with reader.snapshot() as connection:
                    rows = connection.execute("SELECT COUNT(*) FROM attempts")
                    sums = connection.execute(
                        "SELECT CAST(SUM(attempts) AS BIGINT) FROM rollup_days"
                    )
                assert rows == sums
                looks += 1
        writer.join()
        assert checked_rows(place) == 4001

    def test_nobody_to_be_found(self, ledger: Ledger, place: LedgerPlace) -> None:
        ledger.append(made.closed(made.attempt("call")))
        assert ledger.flush(30)
        day = timedelta(days=1)
        now = datetime.now(UTC)
        with place.reader() as reader:
            assert not logs(reader, project="nobody").rows
            assert not costs(reader, between(now - 9 * day, now - 8 * day, "UTC")).by_model
            assert attempt_by_id(reader, "no-such-call-1") is None
