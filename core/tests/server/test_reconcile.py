"""A vendor's export beside the ledger, uploaded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import server_kit as server
from typer.testing import CliRunner

from voicegateway.cli.commands import app as cli

DAY = datetime.now(UTC).date() - timedelta(days=3)
QUERY = f"/v1/reconcile?provider=acme&start={DAY}&end={DAY}"
HEAD = "model,modality,input_tokens,output_tokens,cost_usd\n"
OURS = HEAD + "chat-1,llm,200,20,0.0024\n"
"""What the ledger has of the model that has a price."""


@pytest.fixture
def compare(acme, database, tmp_path):
    at = datetime.combine(DAY, datetime.min.time(), UTC)
    ledger, _, _ = server.seed(database, started_us=int(at.timestamp() * 1_000_000))
    with server.serving() as client:

        def comparing(*files, query=QUERY):
            parts = [("usage_file", (f"{n}.csv", text)) for n, text in enumerate(files)]
            return client.post(query, files=parts)

        yield comparing
    ledger.close()


def test_what_the_command_prints(compare, tmp_path):
    response = compare(OURS)
    assert response.status_code == 200, response.text
    found = response.json()
    file = tmp_path / "0.csv"
    file.write_text(OURS)
    arguments = ["--provider", "acme", "--start", str(DAY), "--end", str(DAY)]
    result = CliRunner().invoke(cli, ["reconcile", *arguments, "--usage-file", str(file), "--json"])
    assert {key: value for key, value in found.items() if key != "notes"} == json.loads(
        result.stdout
    )
    assert found["recorded_total_usd"] == found["vendor_total_usd"] == "0.002400"


def test_rows_of_several_files_are_summed(compare):
    half = HEAD + "chat-1,llm,100,10,0.0012\n"
    assert compare(half, half).json()["rows"] == compare(OURS).json()["rows"]


def test_a_row_beyond_the_threshold_is_flagged(compare):
    twice = HEAD + "chat-1,llm,400,40,0.0048\n"
    assert compare(twice).json()["flagged"] > 0
    flagged = [
        row for row in compare(twice, query=f"{QUERY}&threshold=1000").json()["rows"]
        if row["flagged"] and row["model"] == "chat-1"
    ]  # fmt: skip
    assert flagged == []


def test_columns_that_nobody_knows_are_named_and_no_zeros(compare):
    response = compare("modell,tokens\nchat-1,5\n")
    assert response.status_code == 422
    assert "modell" in response.json()["error"]["message"]


def test_a_window_that_is_not_settled_is_refused(compare):
    today = datetime.now(UTC).date()
    query = f"/v1/reconcile?provider=acme&start={DAY}&end={today}"
    assert compare(OURS, query=query).status_code == 422
    assert compare(OURS, query=f"{query}&force=true").status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (QUERY.replace("acme", "nobody"), 404),
        (f"{QUERY}&threshold=-1", 422),
        (f"{QUERY}&treshold=1", 422),
        (QUERY.replace("provider=acme&", ""), 422),
    ],
)
def test_questions_that_are_refused(compare, query, status):
    assert compare(OURS, query=query).status_code == status


def test_bodies_that_are_refused(compare):
    assert compare().status_code == 422
    assert compare(*[OURS] * 21).status_code == 400
    with server.serving() as client:
        assert client.post(QUERY, json={}).status_code == 422
        for part in ({"usage_file": "text"}, {"other": ("a.csv", OURS)}):
            said = client.post(QUERY, **({"files": part} if "other" in part else {"data": part}))
            assert said.status_code in (400, 422)
        headers = {"content-type": "multipart/form-data; boundary=x"}
        assert client.post(QUERY, content=b"no parts", headers=headers).status_code in (400, 422)


def test_files_that_are_too_large(compare):
    response = compare(HEAD + "x" * (64 * 1024 * 1024))
    assert (response.status_code, response.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_a_name_leads_nowhere_else(compare, acme):
    with server.serving() as client:
        for name in ("../../etc/passwd.csv", "..", "", "C:\\a\\b.csv", "a\x00b.csv"):
            response = client.post(QUERY, files=[("usage_file", (name or "x", OURS))])
            assert response.status_code in (200, 422), response.text
            assert "/" not in response.json().get("error", {}).get("message", "")
