"""What the dashboard asks for besides: costs of one leg, the slowest requests, calls together."""

from __future__ import annotations

import csv
import io
import random
import time
from decimal import Decimal

import ledger_kit as kit
import pytest
from server_kit import serving

from voicegateway.storage.ledger import open_ledger
from voicegateway.types import Modality

DAY_US = 86_400_000_000


def got(client, path):
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(
    ("narrowed", "requests", "total"),
    [
        ("provider=north", 1, "0.001250"),
        ("model=acme/chat-1", 2, "0.002400"),
        ("model=chat-2", 1, "0.000000"),
        ("modality=stt", 1, "0.001250"),
        ("provider=north&modality=llm", 0, "0.000000"),
        ("project=support&provider=acme", 1, "0.001200"),
    ],
)
def test_costs_of_one_leg(seeded, client, narrowed, requests, total):
    found = got(client, f"/v1/costs?period=month&{narrowed}")
    assert (found["requests"], found["total_usd"]) == (requests, total)
    assert sum(row["requests"] for row in found["by_model"]) == requests
    assert found["by_session"] == []
    over_time = got(client, f"/v1/costs/series?period=month&{narrowed}")
    assert sum(one["requests"] for one in over_time["points"]) == requests
    exported = client.get(f"/v1/export-costs?period=month&{narrowed}")
    assert len(list(csv.DictReader(io.StringIO(exported.text)))) == requests


def test_latency_of_all_models_of_a_modality(seeded, client):
    found = got(client, "/v1/latency/series?period=today&by=modality&measure=duration")
    by_model = got(client, "/v1/latency/series?period=today&measure=duration")["points"]
    assert {one["modality"] for one in found["points"]} == {"stt", "llm"}
    for one in found["points"]:
        assert (one["provider"], one["model"]) == (None, None)
        alike = [other for other in by_model if other["modality"] == one["modality"]]
        assert one["ms"]["count"] == sum(other["ms"]["count"] for other in alike)


def test_the_calls_of_a_period_together(seeded, client):
    found = got(client, "/v1/session-totals?period=today")
    assert (found["sessions"], found["open_sessions"]) == (2, 1)
    by_session = got(client, "/v1/costs?period=today&by=session")["by_session"]
    costs = [Decimal(row["cost_usd"]) for row in by_session if row["key"] is not None]
    assert Decimal(found["cost_usd"]) == sum(costs)
    minutes = Decimal(str(found["duration_seconds"])) / 60
    a_minute = Decimal(found["cost_per_minute_usd"])
    assert a_minute == pytest.approx(Decimal(found["cost_usd"]) / minutes, rel=Decimal("1e-6"))
    assert got(client, "/v1/session-totals?project=support")["sessions"] == 1


def test_no_calls_cost_nothing_and_have_no_price_a_minute(client):
    found = got(client, "/v1/session-totals?period=today")
    assert (found["sessions"], found["cost_usd"]) == (0, "0.000000")
    assert (found["duration_seconds"], found["cost_per_minute_usd"]) == (0, None)


def _request(number, now, dice):
    return kit.closed(
        kit.attempt(
            started_us=now - dice.randrange(4 * DAY_US),
            model=f"chat-{number % 3}",
            project=("default", "support")[number % 7 == 0],
            modality=(Modality.LLM, Modality.TTS)[number % 5 == 0],
        ),
        ttfb_ms=None if number % 11 == 0 else round(dice.lognormvariate(5.5, 0.6), 3),
        duration_ms=round(dice.lognormvariate(7, 0.6), 3),
    )


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A ledger of four days, and what each of its requests took."""
    path = tmp_path_factory.mktemp("slow") / "x.db"
    now, dice = time.time_ns() // 1000, random.Random(7)
    records = [_request(number, now, dice) for number in range(600)]
    ledger = open_ledger(path)
    for record in records:
        ledger.append(record)
    assert ledger.flush(30)
    ledger.close()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("VOICEGW_DB_PATH", str(path))
        with serving() as client:
            yield client


SPAN = "start=2000-01-01&end=2100-01-01"


@pytest.mark.parametrize(
    ("asked", "ours"),
    [
        ("", lambda row: True),
        ("&project=support", lambda row: row["project"] == "support"),
        (
            "&model=acme/chat-1&modality=llm",
            lambda r: (r["model"], r["modality"]) == ("chat-1", "llm"),
        ),
        ("&provider=nobody", lambda row: False),
    ],
)
@pytest.mark.parametrize("measure", ["ttfb", "duration"])
def test_the_slowest_are_those_that_sorting_all_finds_to_two_percent(
    measured, measure, asked, ours
):
    rows, cursor = [], ""
    while cursor is not None:
        page = got(measured, f"/v1/logs?limit=500{cursor and f'&cursor={cursor}'}")
        rows += page["rows"]
        cursor = page["next_cursor"]
    column = f"{measure}_ms"
    times = sorted(
        (row[column] for row in rows if row[column] is not None and ours(row)), reverse=True
    )
    found = got(measured, f"/v1/latency/slowest?{SPAN}&limit=15&measure={measure}{asked}")
    slow = [row[column] for row in found["rows"]]
    assert slow == sorted(slow, reverse=True)
    assert slow == pytest.approx(times[:15], rel=0.02)
    assert slow[:1] == times[:1]
    assert all(ours(row) for row in found["rows"])


def test_requests_of_a_period(measured):
    found = got(measured, "/v1/logs?period=today&limit=500")["rows"]
    total = got(measured, "/v1/costs?period=today")
    assert len(found) == total["requests"] > 0
    assert got(measured, "/v1/logs?start=2000-01-01&end=2000-01-02")["rows"] == []


def test_requests_that_nobody_can_price(seeded, client):
    found = got(client, "/v1/logs?unpriced=true")["rows"]
    assert [(row["model"], row["cost_usd"]) for row in found] == [("chat-2", None)]
    assert got(client, "/v1/logs?unpriced=true&period=today")["rows"] == found
    assert got(client, "/v1/logs?unpriced=true&provider=north")["rows"] == []
    assert got(client, "/v1/logs?unpriced=true&start=2000-01-01&end=2000-01-02")["rows"] == []
