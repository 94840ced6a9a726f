"""`costs` against a sum by hand, for any period."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import ledger_kit as kit
import pytest

from voicegateway.errors import LedgerError
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import AttemptClosed, nano_usd
from voicegateway.storage.queries import (
    Period,
    between,
    costs,
    open_reader,
    period_named,
    usage_by_leg,
)
from voicegateway.storage.reads.texts import usd_text
from voicegateway.types import Unit


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


NOON = utc(2026, 11, 22, 12)


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """Forty days of attempts up to now, in a ledger kept by Berlin's calendar."""
    path = tmp_path_factory.mktemp("month") / "x.db"
    records = kit.mixed(4000, days=40)
    ledger = open_ledger(path, timezone="Europe/Berlin")
    for record in records:
        ledger.append(record)
    ledger.append(kit.opened(kit.attempt(project="support")))
    assert ledger.flush(60)
    yield path, records
    ledger.close()


def by_hand(records: list[AttemptClosed], period: Period, key) -> dict[str | None, list]:
    sums: dict[str | None, list] = defaultdict(lambda: [0, 0, None, defaultdict(Decimal)])
    for record in records:
        if period.start_us <= record.attempt.started_us < period.end_us:
            group, cost = sums[key(record)], nano_usd(record.quote.amount_usd)
            group[0] += 1
            group[1] += cost is None
            if cost is not None:
                group[2] = (group[2] or 0) + cost
            for unit, amount in record.units.items():
                group[3][unit.value] += amount
    return sums


def shown(rows: list[dict]) -> dict[str | None, list]:
    return {
        row["key"]: [
            row["requests"],
            row["unpriced_requests"],
            row["cost_usd"],
            {unit: Decimal(amount) for unit, amount in row["units"].items()},
        ]
        for row in rows
    }


def priced(sums: dict[str | None, list]) -> dict[str | None, list]:
    return {
        key: [requests, unpriced, usd_text(cost), dict(units)]
        for key, (requests, unpriced, cost, units) in sums.items()
    }


GROUPS = {
    "by_provider": lambda record: record.attempt.provider,
    "by_model": lambda record: f"{record.attempt.provider}/{record.attempt.model}",
    "by_modality": lambda record: record.attempt.modality.value,
    "by_project": lambda record: record.attempt.project,
    "by_session": lambda record: record.attempt.session_id,
}
NOW = datetime.now(UTC)
PERIODS = [
    period_named("today", "Europe/Berlin"),
    period_named("week", "Europe/Berlin"),
    period_named("month", "Europe/Berlin"),
    period_named("month", "UTC"),  # not the ledger's own days
    period_named("week", "Asia/Kolkata"),
    between(NOW - timedelta(days=33), NOW, "UTC"),
    between(NOW - timedelta(hours=30, seconds=7), NOW - timedelta(hours=2), "UTC"),
    between(NOW - timedelta(minutes=200), NOW - timedelta(minutes=3), "UTC"),
    between(NOW - timedelta(seconds=500), NOW, "UTC"),
    between(NOW - timedelta(days=9, minutes=1), NOW - timedelta(days=8), "America/New_York"),
    between(NOW + timedelta(days=1), NOW + timedelta(days=2), "UTC"),
]


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("project", [None, "support", "nobody"])
def test_every_group_of_every_period(month, period: Period, project: str | None) -> None:
    path, records = month
    mine = [one for one in records if project in (None, one.attempt.project)]
    with open_reader(path) as reader:
        found = costs(reader, period, project=project, sessions=None).to_json()
    for group, key in GROUPS.items():
        assert shown(found[group]) == priced(by_hand(mine, period, key)), group
    whole = by_hand(mine, period, lambda record: "all")["all"]
    assert [found["requests"], found["unpriced_requests"]] == whole[:2]
    assert found["total_usd"] == usd_text(whole[2] or 0)


def test_the_shape_is_the_one_that_others_rely_on(month) -> None:
    path, _ = month
    with open_reader(path) as reader:
        found = costs(reader, period_named("month", "Europe/Berlin", NOON)).to_json()
    assert list(found) == [
        "period", "total_usd", "requests", "unpriced_requests", *GROUPS,
    ]  # fmt: skip
    assert found["period"] == {
        "start": "2026-10-31T23:00:00.000000Z",
        "end": "2026-11-30T23:00:00.000000Z",
        "timezone": "Europe/Berlin",
    }


def test_the_costliest_sessions_come_first_and_may_be_few(month) -> None:
    path, _ = month
    period = period_named("month", "Europe/Berlin")
    with open_reader(path) as reader:
        everything = costs(reader, period, sessions=None).by_session
        few = costs(reader, period, sessions=3).by_session
        none = costs(reader, period, sessions=0)
    assert few == everything[:3]
    assert none.by_session == ()
    known = [row.sum.known_nano for row in everything]
    assert known == sorted(known, reverse=True)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland"])
def test_the_costliest_sessions_are_found_over_midnight_too(path, zone: str) -> None:
    chance = random.Random(8)
    ledger = open_ledger(path, timezone="UTC")
    for number in range(300):
        begin = NOW - timedelta(hours=chance.uniform(10, 240))
        for _ in range(chance.randrange(1, 8)):
            about = kit.attempt(
                session_id=None if number == 7 else f"room-{number}",
                project="other" if chance.random() < 0.05 else "default",
                started_us=kit.us(begin + timedelta(hours=chance.uniform(0, 8))),
            )
            cost = kit.quote((Unit.CHARACTERS, str(chance.randrange(10**6)), "0.0000001"))
            ledger.append(kit.closed(about, quote=cost))
        if number % 50 == 0:
            assert ledger.flush(20)
    assert ledger.flush(20)
    ledger.close()
    if zone != "UTC":
        other = open_ledger(path, timezone=zone)  # makes the days anew
        other.append(kit.closed(quote=kit.quote()))
        other.close()
    edges = between(NOW - timedelta(hours=200), NOW - timedelta(hours=30), "UTC")
    with open_reader(path) as reader:
        for period in (edges, between(NOW - timedelta(days=20), NOW, "UTC")):
            everything = costs(reader, period, sessions=None).by_session
            for most in (1, 2, 10, 100, 1000):
                found = costs(reader, period, sessions=most).by_session
                assert found == everything[:most]
    assert kit.rows(path, "SELECT COUNT(*) FROM straddling_sessions")[0][0] > 20


def test_sums_by_project_and_leg_are_the_same_sums(month) -> None:
    path, records = month
    period = period_named("month", "Europe/Berlin")
    truth = by_hand(records, period, lambda one: f"{one.attempt.project} {one.attempt.model}")
    with open_reader(path) as reader:
        legs = usage_by_leg(reader, period)
    found: dict[str, int] = defaultdict(int)
    for one in legs:
        found[f"{one.project} {one.leg.model}"] += one.sum.requests
    assert found == {key: value[0] for key, value in truth.items()}


def test_an_empty_ledger_costs_nothing(ledger, path) -> None:
    ledger.append(kit.opened(kit.attempt()))
    assert ledger.flush(10)
    with open_reader(path) as reader:
        found = costs(reader, period_named("today", "UTC")).to_json()
        nothing = costs(reader, Period(5, 5, "UTC"))
    assert (found["total_usd"], found["requests"], found["by_model"]) == ("0.000000", 0, [])
    assert nothing.total.requests == 0


@pytest.mark.parametrize(
    ("name", "now", "zone", "start", "end"),
    [
        ("today", NOON, "UTC", "2026-11-22T00", "2026-11-23T00"),
        ("week", NOON, "UTC", "2026-11-16T00", "2026-11-23T00"),  # a Sunday
        ("week", utc(2026, 11, 23), "UTC", "2026-11-23T00", "2026-11-30T00"),
        ("month", NOON, "UTC", "2026-11-01T00", "2026-12-01T00"),
        ("month", utc(2026, 1, 31, 23), "UTC", "2026-01-01T00", "2026-02-01T00"),
        # Already Monday, and already the first, over there.
        ("week", utc(2026, 11, 22, 16), "Asia/Tokyo", "2026-11-22T15", "2026-11-29T15"),
        ("month", utc(2026, 11, 30, 23), "Europe/Berlin", "2026-11-30T23", "2026-12-31T23"),
        ("today", utc(2026, 10, 25, 12), "Europe/Berlin", "2026-10-24T22", "2026-10-25T23"),
    ],
)  # fmt: skip
def test_named_periods_are_calendar_periods(name, now, zone, start, end) -> None:
    said = period_named(name, zone, now).to_json()
    assert (said["start"][:13], said["end"][:13]) == (start, end)


def test_a_date_as_the_end_is_the_whole_day() -> None:
    said = between(date(2026, 10, 24), date(2026, 10, 25), "Europe/Berlin").to_json()
    assert said["start"] == "2026-10-23T22:00:00.000000Z"
    assert said["end"] == "2026-10-25T23:00:00.000000Z"
    local = between(datetime(2026, 7, 1, 9), datetime(2026, 7, 1, 10), "Europe/Berlin")  # noqa: DTZ001
    assert local.to_json()["start"] == "2026-07-01T07:00:00.000000Z"


def test_periods_that_cannot_be() -> None:
    with pytest.raises(LedgerError, match="no period"):
        period_named("year", "UTC")
    with pytest.raises(LedgerError, match="after it starts"):
        between(NOON, NOON, "UTC")
    with pytest.raises(LedgerError, match="not a time zone"):
        period_named("today", "Mars/Olympus")


@pytest.mark.parametrize(
    ("nano", "text"),
    [(4_560_000, "0.004560"), (125, "0.000000125"), (0, "0.000000"), (None, None),
     (12_000_000_000, "12.000000"), (-1_500_000, "-0.001500"), (1_234_567_890, "1.23456789")],
)  # fmt: skip
def test_dollars_are_written_exactly(nano, text) -> None:
    assert usd_text(nano) == text


def test_units_keep_their_millionths(ledger, path) -> None:
    for _ in range(3):
        ledger.append(kit.closed(units={Unit.AUDIO_SECONDS: Decimal("0.333333")}))
    assert ledger.flush(10)
    with open_reader(path) as reader:
        found = costs(reader, period_named("today", "UTC")).to_json()
    assert found["by_project"][0]["units"] == {"audio_seconds": "0.999999"}
