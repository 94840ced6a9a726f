"""What summaries say does not change when the attempts they were made of are deleted."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import ledger_kit as kit
import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.errors import LedgerError
from voicegateway.storage.book import Book
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import (
    attempt_by_id,
    between,
    costs,
    latency,
    logs,
    open_reader,
    session_receipt,
    sessions,
    sessions_in,
    usage_by_leg,
)
from voicegateway.storage.rebuild import ensure_zone
from voicegateway.storage.retention import prune_attempts
from voicegateway.storage.targets import engine_for
from voicegateway.types import Unit

DAY = 86_400_000_000
KEPT = 5


def fill(path, records, zone="UTC", retention=None):
    ledger = open_ledger(path, timezone=zone, retention_days=retention)
    for record in records:
        ledger.append(record)
    assert ledger.flush(60)
    ledger.close()


def prune(path, zone="UTC", keep=KEPT):
    """As the writer does it every second, until nothing is left to do."""
    connection = engine_for(path).connect()
    try:
        book = Book(connection, zone)
        taken = list(itertools.takewhile(bool, iter(lambda: prune_attempts(book, keep), None)))
    finally:
        connection.close()
    return sum(taken)


def summaries(path, zone="UTC", days=20):
    """Every summary of the last so many days, as text."""
    today = datetime.now(ZoneInfo(zone)).date()
    found = {}
    with open_reader(path) as reader:
        spans = [(today - timedelta(days=ago), today - timedelta(days=ago)) for ago in range(days)]
        spans += [(today - timedelta(days=days), today), (today - timedelta(days=9), today)]
        for first, last in spans:
            period = between(first, last, zone)
            for project in (None, "support", "booking"):
                key = f"{first} {last} {project}"
                found[f"{key} costs"] = costs(reader, period, project=project).to_json()
                speeds = latency(reader, period, project=project)
                found[f"{key} latency"] = [leg.to_json() for leg in speeds]
                for sort in ("cost", "duration", "started"):
                    rows = sessions_in(reader, period, project=project, sort=sort, limit=999)
                    found[f"{key} {sort}"] = [row.to_json() for row in rows]
            found[f"{first} legs"] = sorted(
                repr(leg) for leg in usage_by_leg(reader, between(first, last, zone))
            )
        found["sessions"] = sessions(reader, limit=999).to_json()
    return {key: json.dumps(value) for key, value in found.items()}


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Kolkata"])
def test_no_summary_changes(path, zone):
    records = kit.mixed(3000, days=15)
    fill(path, records, zone)
    before = summaries(path, zone)
    today = datetime.now(ZoneInfo(zone)).date()
    edge = datetime.combine(today - timedelta(days=KEPT), datetime.min.time(), ZoneInfo(zone))
    old = sum(one.attempt.started_us < kit.us(edge) for one in records)
    assert 0 < old < 3000
    assert prune(path, zone) == old
    assert summaries(path, zone) == before
    assert kit.rows(
        path, "SELECT COUNT(*), MIN(started_us) >= ? FROM attempts", [kit.us(edge)]
    ) == [(3000 - old, 1)]
    assert prune(path, zone) == 0


def test_the_edge_is_a_midnight_of_the_ledgers_zone(path):
    zone = "Asia/Kolkata"
    today = datetime.now(ZoneInfo(zone)).date()
    midnight = datetime.combine(today - timedelta(days=2), datetime.min.time(), ZoneInfo(zone))
    moments = [kit.us(midnight) + shift for shift in (-1, 0, 1)]
    fill(path, [kit.closed(kit.attempt(started_us=at)) for at in moments], zone)
    assert prune(path, zone, keep=2) == 1
    assert kit.rows(path, "SELECT started_us FROM attempts ORDER BY 1") == [
        (moments[1],),
        (moments[2],),
    ]


def test_the_writer_prunes_by_itself(path):
    records = [kit.closed(kit.attempt(started_us=kit.now_us() - ago * DAY)) for ago in range(6)]
    ledger = open_ledger(path, retention_days=3)
    for record in records:
        ledger.append(record)
    assert ledger.flush(20)
    kit.until(lambda: kit.rows(path, "SELECT COUNT(*) FROM attempts") == [(4,)])
    ledger.append(kit.closed())
    assert ledger.flush(20)
    assert kit.rows(path, "SELECT SUM(attempts) FROM rollup_days") == [(7,)]
    ledger.close()


def test_without_retention_nothing_goes(path):
    fill(path, [kit.closed(kit.attempt(started_us=kit.now_us() - 4000 * DAY))])
    ledger = open_ledger(path)
    ledger.start()
    ledger.append(kit.closed())
    assert ledger.flush(20)
    ledger.close()
    assert kit.rows(path, "SELECT COUNT(*) FROM attempts") == [(2,)]


def test_requotes_go_with_their_rows(path):
    old, new = (kit.closed(kit.attempt(started_us=kit.now_us() - ago * DAY)) for ago in (9, 1))
    fill(path, [old, new])
    connection = engine_for(path).connect()
    for record in (old, new):
        connection.change(
            "INSERT INTO requotes VALUES (?, 1, 1, 5, 1, '=|x||')", (record.attempt.call_id,)
        )
    connection.close()
    assert prune(path) == 1
    assert kit.rows(path, "SELECT call_id FROM requotes") == [(new.attempt.call_id,)]


def test_part_of_a_day_that_is_gone_is_refused(path):
    fill(path, kit.mixed(300, days=15))
    prune(path)
    noon = datetime.now(UTC).replace(hour=12) - timedelta(days=9)
    half = between(noon, noon + timedelta(days=2), "UTC")
    with open_reader(path) as reader:
        for read in (costs, latency, usage_by_leg, sessions_in):
            with pytest.raises(LedgerError, match=r"no longer kept .*whole days"):
                read(reader, half)
        with pytest.raises(LedgerError, match="no longer kept"):
            latency(reader, half, project="support")
        recent = between(datetime.now(UTC) - timedelta(hours=30), datetime.now(UTC), "UTC")
        assert costs(reader, recent).total.requests > 0


def test_a_pruned_sessions_receipt_says_so(path):
    begin = kit.now_us() - 8 * DAY
    gone = [
        kit.closed(kit.attempt(session_id="gone", started_us=begin + n * 30_000_000))
        for n in range(3)
    ]
    fill(path, [*gone, kit.closed(kit.attempt(session_id="here"))])
    with open_reader(path) as reader:
        whole = session_receipt(reader, "gone").to_json()
    prune(path)
    with open_reader(path) as reader:
        receipt = session_receipt(reader, "gone").to_json()
        assert session_receipt(reader, "here").pruned == 0
        assert attempt_by_id(reader, gone[0].attempt.id) is None
        assert [row.session_id for row in logs(reader).rows] == ["here"]
    assert (receipt["pruned_requests"], whole["pruned_requests"]) == (3, 0)
    assert (receipt["legs"], receipt["turns"]) == ([], [])
    same = ("cost_usd", "cost_per_minute_usd", "started_at", "ended_at", "requests", "project")
    assert {name: receipt[name] for name in same} == {name: whole[name] for name in same}
    shown = CliRunner().invoke(app, ["session", "gone"])
    assert shown.exit_code == 0, shown.output
    assert "3 of 3 requests are no longer kept" in shown.output


def test_a_session_over_the_edge_keeps_its_sums(path):
    edge = kit.us(
        datetime.combine(datetime.now(UTC).date() - timedelta(days=KEPT), datetime.min.time(), UTC)
    )
    records = [
        kit.closed(kit.attempt(session_id="night", started_us=edge + minutes * 60_000_000))
        for minutes in range(-10, 10)
    ]
    fill(path, records)
    before = summaries(path)
    assert prune(path) == 10
    assert summaries(path) == before
    with open_reader(path) as reader:
        receipt = session_receipt(reader, "night")
    assert (receipt.pruned, receipt.requests, receipt.legs[0].attempts) == (10, 20, 10)
    assert receipt.cost_usd == Decimal("0.0012") * 20
    assert receipt.end_us - receipt.start_us == 19 * 60_000_000 + 900_000


@pytest.mark.parametrize("zones", [("Asia/Tokyo",), ("America/Los_Angeles", "Asia/Tokyo", "UTC")])
def test_another_zone_loses_nothing_that_was_pruned(path, zones):
    records = kit.mixed(2000, days=15)
    fill(path, records)
    with open_reader(path) as reader:
        ever = between(date(2000, 1, 1), date(2100, 1, 1), "UTC")
        whole = costs(reader, ever).to_json()
        fast = {p: [leg.to_json() for leg in latency(reader, ever, project=p)] for p in
                (None, "support")}  # fmt: skip
        by_day = kit.rows(path, "SELECT day, SUM(attempts) FROM rollup_days GROUP BY day")
    prune(path)
    for zone in zones:
        fill(path, [], zone)
        connection = engine_for(path).connect()
        ensure_zone(connection, zone)
        connection.close()
        with open_reader(path) as reader:
            ever = between(date(2000, 1, 1), date(2100, 1, 1), zone)
            again = costs(reader, ever).to_json()
            assert {**again, "period": None} == {**whole, "period": None}
            for project, speeds in fast.items():
                found = latency(reader, ever, project=project)
                assert [leg.to_json() for leg in found] == speeds
        check_kept_days(path, zone)
    today = datetime.now(UTC).date().toordinal() - 719163
    untouched = [row for row in by_day if row[0] < today - KEPT - 1]
    assert untouched
    now = dict(kit.rows(path, "SELECT day, SUM(attempts) FROM rollup_days GROUP BY day"))
    assert all(now[day] == count for day, count in untouched)


def check_kept_days(path, zone):
    """Days whose attempts are all there are exactly what those add up to."""
    ((kept_from,),) = kit.rows(path, "SELECT value FROM meta WHERE name = 'pruned_before_us'")
    first = datetime.fromtimestamp(int(kept_from) / 1e6, ZoneInfo(zone)).date().toordinal() - 719163
    truth: dict[int, int] = {}
    for (started,) in kit.rows(path, "SELECT started_us FROM attempts"):
        local = datetime.fromtimestamp(started / 1e6, ZoneInfo(zone)).date().toordinal() - 719163
        truth[local] = truth.get(local, 0) + 1
    for table in ("rollup_days", "rollup_sessions"):
        sql = f"SELECT day, SUM(attempts) FROM {table} WHERE day > ? GROUP BY day"
        kept = dict(kit.rows(path, sql, [first]))
        assert kept == {day: count for day, count in truth.items() if day > first}


def test_pruning_goes_on_after_another_zone(path):
    fill(path, kit.mixed(1000, days=15))
    with open_reader(path) as reader:
        whole = costs(reader, between(date(2000, 1, 1), date(2100, 1, 1), "UTC")).to_json()
    prune(path, keep=10)
    zone = "America/Los_Angeles"
    connection = engine_for(path).connect()
    ensure_zone(connection, zone)
    connection.close()
    before = summaries(path, zone)
    assert prune(path, zone, keep=3) > 0
    assert summaries(path, zone) == before
    with open_reader(path) as reader:
        again = costs(reader, between(date(2000, 1, 1), date(2100, 1, 1), zone)).to_json()
    assert {**again, "period": None} == {**whole, "period": None}


def test_an_attempt_that_arrives_late_is_counted_and_then_pruned(path):
    fill(path, kit.mixed(200, days=15))
    prune(path)
    late = kit.closed(kit.attempt(session_id="late", started_us=kit.now_us() - 12 * DAY))
    fill(path, [late])
    before = summaries(path)
    assert prune(path) == 1
    assert summaries(path) == before
    assert json.loads(before["sessions"])[0]["requests"] == 1


def test_a_guess_taken_back_leaves_the_sums_of_what_was_pruned(path):
    """A row settled for a dead process, whose true end comes after its day was pruned in part."""
    at = kit.now_us() - 9 * DAY
    about = kit.attempt(session_id="s", started_us=at)
    others = [kit.closed(kit.attempt(session_id="s", started_us=at - 1), outcome="failed")]
    fill(path, [*others])
    prune(path)
    ledger = open_ledger(path)
    ledger.append(kit.opened(about))
    ledger.close()  # leaves it abandoned
    fill(path, [kit.closed(about)])
    assert kit.rows(path, "SELECT attempts, input_tokens FROM rollup_sessions") == [
        (2, 200_000_000)
    ]
    with open_reader(path) as reader:
        found = costs(reader, between(date(2000, 1, 1), date(2100, 1, 1), "UTC"))
    assert found.total.units[Unit.INPUT_TOKENS] == 200


@pytest.mark.parametrize("days", ["0", "-1", "1.5", "soon"])
def test_the_setting_is_checked(path, tmp_path, days):
    from voicegateway.core.config import load_config
    from voicegateway.errors import ConfigError

    (tmp_path / "voicegw.yaml").write_text(f"cost_tracking:\n  retention_days: {days}\n")
    with pytest.raises(ConfigError, match="retention_days"):
        load_config()


def test_the_setting_reaches_the_writer(path, tmp_path):
    from voicegateway.core.gateway import Gateway

    (tmp_path / "voicegw.yaml").write_text("cost_tracking:\n  retention_days: 2\n")
    gateway = Gateway()
    gateway.storage.append(kit.closed(kit.attempt(started_us=kit.now_us() - 5 * DAY)))
    gateway.storage.append(kit.closed())
    assert gateway.storage.flush(20)
    kit.until(lambda: kit.rows(path, "SELECT COUNT(*) FROM attempts") == [(1,)])
    gateway.close()
