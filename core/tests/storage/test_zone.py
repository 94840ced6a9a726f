"""The calendar that days are summed by belongs to the ledger, and may change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import ledger_kit as kit
import pytest

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import between, costs, health, latency, open_reader


def fill(path, zone: str, moments: list[datetime]) -> None:
    ledger = open_ledger(path, timezone=zone)
    for moment in moments:
        ledger.append(kit.closed(kit.attempt(started_us=kit.us(moment))))
    assert ledger.flush(20)
    ledger.close()


def around(change: datetime, hours: int) -> list[datetime]:
    return [change + timedelta(minutes=20 * step) for step in range(-3 * hours, 3 * hours)]


@pytest.mark.parametrize(
    ("change", "day", "attempts"),
    [
        (datetime(2026, 10, 25, 1, tzinfo=UTC), date(2026, 10, 25), 75),  # 25 hours
        (datetime(2026, 3, 29, 1, tzinfo=UTC), date(2026, 3, 29), 69),  # 23 hours
    ],
)
def test_another_zone_rebuilds_over_a_clock_change(path, change, day, attempts, caplog) -> None:
    moments = around(change, 60)
    fill(path, "UTC", moments)
    assert kit.check_rollups(path) == len(moments)
    fill(path, "Europe/Berlin", [])
    ledger = open_ledger(path, timezone="Europe/Berlin")
    ledger.append(kit.closed(kit.attempt(started_us=kit.us(change))))
    assert ledger.flush(20)
    ledger.close()
    assert "was UTC and becomes Europe/Berlin" in caplog.text
    assert kit.check_rollups(path) == len(moments) + 1
    with open_reader(path) as reader:
        assert health(reader).timezone == "Europe/Berlin"
        that_day = between(day, day, "Europe/Berlin")
        assert costs(reader, that_day).total.requests == attempts + 1
        (fast,) = latency(reader, that_day)
        assert fast.ttfb.count == attempts + 1
    assert kit.rows(
        path,
        "SELECT SUM(attempts) FROM rollup_days WHERE day = ?",
        (day.toordinal() - 719163,),
    ) == [(attempts + 1,)]


def test_no_zone_keeps_the_one_it_has(path) -> None:
    fill(path, "Asia/Kolkata", around(datetime(2026, 6, 1, tzinfo=UTC), 30))
    ledger = open_ledger(path, timezone=None)
    ledger.append(kit.closed())
    ledger.close()
    assert kit.rows(path, "SELECT value FROM meta WHERE name = 'timezone'") == [("Asia/Kolkata",)]
    kit.check_rollups(path)


def test_a_running_writer_follows_the_zone_another_sets(open_, path) -> None:
    early = open_(path, timezone="UTC")
    for moment in around(datetime(2026, 6, 1, tzinfo=UTC), 10):
        early.append(kit.closed(kit.attempt(started_us=kit.us(moment))))
    assert early.flush(20)
    late = open_(path, timezone="America/Los_Angeles")
    late.append(kit.closed())
    assert late.flush(20)
    for moment in around(datetime(2026, 6, 2, tzinfo=UTC), 10):
        early.append(kit.closed(kit.attempt(started_us=kit.us(moment))))
    assert early.flush(20)
    assert kit.check_rollups(path) == 121


def test_a_broken_clock_does_not_make_a_rebuild_walk_through_the_ages(path) -> None:
    ledger = open_ledger(path)
    for started in (-(10**18), 0, 10**18):
        ledger.append(kit.closed(kit.attempt(started_us=started)))
    ledger.close()
    fill(path, "Asia/Tokyo", [datetime.now(UTC)])
    assert kit.rows(path, "SELECT SUM(attempts), COUNT(*) FROM rollup_days") == [(4, 4)]
