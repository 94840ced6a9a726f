"""Every path that reads, over a real ledger: the shapes of the command line, and exact amounts."""

from __future__ import annotations

import csv
import io
import json

import pytest
import server_kit as server
from typer.testing import CliRunner

from voicegateway.cli.commands import app as cli
from voicegateway.storage.schema import FIRST_QUARTER, set_meta
from voicegateway.storage.sqlite import SqliteEngine


def printed(*arguments):
    result = CliRunner().invoke(cli, [*arguments, "--json"])
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)


def got(client, path):
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


def test_health_is_open_and_says_nothing_else(client):
    found = got(client, "/health")
    assert set(found) == {"status", "uptime_seconds", "version"}
    assert found["status"] == "ok"


def test_costs_are_what_the_command_prints(seeded, client):
    found = got(client, "/v1/costs?period=month")
    assert found == printed("costs", "--month")
    assert found["total_usd"] == "0.003650"
    assert (found["requests"], found["unpriced_requests"]) == (4, 1)
    unpriced = next(row for row in found["by_model"] if row["key"] == "acme/chat-2")
    assert unpriced["cost_usd"] is None


def test_costs_of_one_project(seeded, client):
    found = got(client, "/v1/costs?project=support")
    assert found == printed("costs", "-p", "support")
    assert [row["key"] for row in found["by_project"]] == ["support"]


def test_lists_that_were_not_asked_for_are_empty(seeded, client):
    found = got(client, "/v1/costs?by=model&by=project")
    assert found["by_model"]
    assert found["by_project"]
    assert found["by_session"] == found["by_provider"] == found["by_modality"] == []
    assert found["total_usd"] == "0.003650"


def test_an_empty_ledger_has_no_costs(client):
    found = got(client, "/v1/costs")
    assert (found["total_usd"], found["requests"], found["by_model"]) == ("0.000000", 0, [])


@pytest.mark.parametrize("step", ["day", "quarter_hour"])
@pytest.mark.parametrize("by", ["provider", "model", "modality", "project"])
def test_a_series_adds_up_to_the_sum(seeded, client, step, by):
    found = got(client, f"/v1/costs/series?period=today&step={step}&by={by}")
    total = got(client, "/v1/costs?period=today")
    assert sum(one["requests"] for one in found["points"]) == total["requests"] == 4
    keys = {row["key"]: row for row in total[f"by_{by}"]}
    assert {one["key"] for one in found["points"]} == set(keys)
    if step == "day":
        for one in found["points"]:
            assert {name: one[name] for name in keys[one["key"]]} == keys[one["key"]]


def test_quarter_hours_that_are_gone_are_refused_and_not_empty(seeded, client, database):
    connection = SqliteEngine(database).connect()
    set_meta(connection, FIRST_QUARTER, str(2**40))
    connection.close()
    response = client.get("/v1/costs/series?period=today&step=quarter_hour")
    assert response.status_code == 422
    assert "ask for days" in response.json()["error"]["message"]


def test_latency_is_what_the_command_prints(seeded, client):
    found = got(client, "/v1/latency?period=month")
    assert found == printed("latency", "--month")
    assert {one["model"] for one in found["models"]} == {"chat-1", "chat-2", "listen-3"}
    one = got(client, "/v1/latency?project=default&modality=stt")
    assert one == printed("latency", "-p", "default", "-m", "stt")
    assert one["models"][0]["ttfb_ms"]["p50"] == pytest.approx(80, rel=0.011)


def test_percentiles_are_those_of_the_config(seeded, yaml):
    with server.serving(yaml("latency: {percentiles: [10, 90]}")) as client:
        times = got(client, "/v1/latency")["models"][0]["duration_ms"]
    assert set(times) == {"count", "p10", "p90"}


def test_latency_over_time(seeded, client):
    found = got(client, "/v1/latency/series?period=today&step=quarter_hour&measure=ttfb")
    assert sum(one["ms"]["count"] for one in found["points"]) == 3  # the failed one made no byte
    assert sum(cell["count"] for cell in found["heat"]) == 3
    cell = next(one for one in found["heat"] if one["from_ms"] <= 80 < one["to_ms"])
    assert cell["count"] == 1
    whole = got(client, "/v1/latency/series?period=today&measure=duration&provider=north")
    assert [one["model"] for one in whole["points"]] == ["listen-3"]


def test_logs_are_what_the_command_prints(seeded, client):
    found = got(client, "/v1/logs")
    assert found == {"rows": printed("logs"), "next_cursor": None}
    assert found["rows"][0]["outcome"] == "open"


def test_logs_page_by_page_have_each_row_once(seeded, client):
    rows, cursor = [], ""
    while cursor is not None:
        page = got(client, f"/v1/logs?limit=2{cursor and f'&cursor={cursor}'}")
        rows += page["rows"]
        cursor = page["next_cursor"]
    assert rows == got(client, "/v1/logs")["rows"]
    assert len(rows) == 5


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("project=support", 2), ("modality=stt", 1), ("provider=north", 1), ("model=chat-2", 1),
        ("model=acme/chat-2", 1), ("status=failed", 1), ("status=open", 1), ("session=call-1", 2),
        ("session=nobody", 0), ("modality=tts", 0), ("project=support&status=open", 1),
    ],
)  # fmt: skip
def test_logs_can_be_narrowed(seeded, client, query, count):
    assert len(got(client, f"/v1/logs?{query}")["rows"]) == count


def test_a_session_is_its_receipt(seeded, client):
    listed = got(client, "/v1/sessions")["rows"]
    assert listed == printed("sessions")
    assert got(client, "/v1/sessions/call-1") == printed("session", "call-1")
    first = got(client, "/v1/sessions?limit=1")
    rest = got(client, f"/v1/sessions?limit=1&cursor={first['next_cursor']}")
    assert [*first["rows"], *rest["rows"]] == listed


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=CALL", {"call-1", "call-2"}), ("search=-1", {"call-1"}), ("search=all_", set()),
        ("search=%25", set()), ("running=true", {"call-2"}), ("running=true&search=-1", set()),
        ("running=false&project=support", {"call-2"}),
    ],
)  # fmt: skip
def test_sessions_can_be_searched(seeded, client, query, found):
    rows = got(client, f"/v1/sessions?{query}")["rows"]
    assert {row["session_id"] for row in rows} == found


def test_a_row_is_explained_to_the_last_digit(seeded, client):
    records, running = seeded
    row = records[0].attempt.id
    found = got(client, f"/v1/explain/{row}")
    assert found == printed("explain", row)
    assert found["quote"]["agrees"] is True
    assert found["quote"]["derived_usd"] == "0.00120"
    assert got(client, f"/v1/explain/{running.attempt.id}")["status"] == "open"


def test_projects_and_their_budgets(seeded, yaml):
    config = yaml("projects:\n  support: {daily_budget: '5.00', budget_action: block, tags: [a]}\n")
    with server.serving(config) as client:
        found = {one["id"]: one for one in got(client, "/v1/projects")}
        one = got(client, "/v1/projects/support")
        (budget,) = got(client, "/v1/budgets?project=support")
    shown = {one["id"]: one for one in printed("projects", "-c", str(config))}
    for name, facts in shown.items():
        assert {key: found[name][key] for key in facts} == facts
    assert one == found["support"]
    assert (one["source"], one["daily_budget_usd"]) == ("yaml", "5.00")
    assert found["default"]["source"] == "default"
    assert budget["spent_today_usd"] == "0.001200"
    assert budget["running"][0]["held_usd"] == "0.001000"


def test_status_says_how_the_ledger_is(seeded, client, database):
    found = got(client, "/v1/status")
    assert found["ledger"]["ok"] is True
    assert found["ledger"]["name"] == str(database)
    assert found["ledger"]["open_requests"] == 1
    assert found["ledger"]["writers"][0]["live"] is True
    assert found["cost_tracking"] is True


def test_plugins_are_what_the_command_prints(acme, client):
    found = got(client, "/v1/plugins")
    assert found == printed("plugins", "list")
    mine = next(one for one in found if one["provider"] == "acme")
    assert (mine["status"], mine["distribution"]) == ("available", "voicegw-acme")


def test_prices_have_a_source_and_an_age(acme, yaml):
    own = "pricing:\n  overrides:\n    - match: {provider: acme, model: own-1}\n"
    config = yaml(f"{own}      rates: {{characters: {{usd: 0.03, per: 1000}}}}\n")
    with server.serving(config) as client:
        found = got(client, "/v1/prices?provider=acme")
        narrowed = got(client, "/v1/prices?provider=acme&model=swift-*")
    mine, listed = found["rates"]
    assert (mine["model"], mine["override"], mine["rate_usd"], mine["age_days"]) == (
        "own-1", True, "0.03", None,
    )  # fmt: skip
    assert (listed["rate_usd"], listed["per"], listed["override"]) == ("0.0048", "60", False)
    assert listed["age_days"] > 0
    assert narrowed["rates"] == [listed]
    shown = printed("prices", "--provider", "acme", "-c", str(config))["rates"]
    assert [{**one, "age_days": None} for one in shown] == [
        {**one, "age_days": None} for one in found["rates"]
    ]


def test_an_export_has_one_line_a_request(seeded, client):
    found = client.get("/v1/export-costs?period=month&format=json").json()
    assert len(found) == 4
    assert [row["cost_usd"] for row in found] == ["0.001200", "0.001250", "0.001200", None]
    response = client.get("/v1/export-costs?period=month&project=support")
    assert response.headers["content-type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(response.text))
    assert (row["project"], row["outcome"]) == ("support", "failed")
    assert list(row) == list(found[0])


def test_the_document_of_the_api_is_published(client):
    assert got(client, "/openapi.json")["paths"]["/v1/costs"]
