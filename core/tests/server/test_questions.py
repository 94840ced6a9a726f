"""A question that is not understood is refused with a hint, and never answered as another one."""

from __future__ import annotations

import pytest


def refusal(response, status, code):
    assert response.status_code == status, response.text
    (error,) = response.json().values()
    assert set(error) == {"code", "message", "details"}
    assert error["code"] == code
    return error


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/v1/costs?perod=month", "did you mean 'period'?"),
        ("/v1/logs?modaliti=stt", "did you mean 'modality'?"),
        ("/v1/projects?limit=3", "no known parameter"),
        ("/health?verbose=1", "no known parameter"),
        ("/v1/costs?period=year", "'today', 'week' or 'month'"),
        ("/v1/costs?period=month&period=today", "given more than once"),
        ("/v1/costs?start=2026-11-01", "go together"),
        ("/v1/costs?period=week&start=2026-11-01&end=2026-11-02", "not both"),
        ("/v1/costs?start=2026-11-02&end=2026-11-01", "must end after it starts"),
        ("/v1/costs?start=2026-13-01&end=2026-13-02", "is no date"),
        ("/v1/costs?start=0001-01-01&end=9999-12-31", "no period that a calendar has"),
        ("/v1/costs?by=planet", "'provider', 'model'"),
        ("/v1/costs?sessions=1001", "less than or equal to 1000"),
        ("/v1/logs?limit=0", "greater than or equal to 1"),
        ("/v1/logs?limit=501", "less than or equal to 500"),
        ("/v1/logs?cursor=x", "no cursor"),
        ("/v1/sessions?cursor=-1", "cursor"),
        ("/v1/logs?status=done", "'open', 'completed'"),
        ("/v1/logs?project=a%00b", "pattern"),
        ("/v1/audit-log?cursor=-1", "greater than or equal to 0"),
        ("/v1/projects/", "at least 1 character"),
    ],
)
def test_questions_that_are_refused(client, path, hint):
    assert hint in refusal(client.get(path), 422, "VALIDATION_ERROR")["message"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/projects/nobody", "PROJECT_NOT_FOUND"),
        ("/v1/providers/nobody", "PROVIDER_NOT_FOUND"),
        ("/v1/models/stt/nobody", "MODEL_NOT_FOUND"),
        ("/v1/sessions/nobody", "SESSION_NOT_FOUND"),
        ("/v1/explain/nobody-1", "REQUEST_NOT_FOUND"),
        ("/v1/explain/nobody", "REQUEST_NOT_FOUND"),
        ("/v1/costs?project=nobody", "PROJECT_NOT_FOUND"),
        ("/v1/logs?project=nobody", "PROJECT_NOT_FOUND"),
        ("/v1/latency?project=nobody", "PROJECT_NOT_FOUND"),
        ("/v1/budgets?project=nobody", "PROJECT_NOT_FOUND"),
        ("/v1/export-costs?project=nobody", "PROJECT_NOT_FOUND"),
        ("/v1/nothing", "NOT_FOUND"),
    ],
)
def test_what_is_not_there(client, path, code):
    refusal(client.get(path), 404, code)


def test_a_misspelt_project_is_told_the_right_one(seeded, client):
    error = refusal(client.get("/v1/costs?project=suport"), 404, "PROJECT_NOT_FOUND")
    assert error["message"].endswith("did you mean 'support'?")


def test_a_method_that_a_path_does_not_have(client):
    refusal(client.post("/health"), 405, "METHOD_NOT_ALLOWED")


def test_a_body_that_is_too_large_is_not_read(client):
    error = refusal(client.post("/v1/projects", content=b"x" * 1_048_577), 413, "PAYLOAD_TOO_LARGE")
    assert "1,048,576 bytes" in error["message"]


def test_a_body_that_does_not_say_how_large_it_is(client):
    pieces = (b"x" * 65_536 for _ in range(20))
    headers = {"content-type": "application/json"}
    response = client.post("/v1/projects", content=pieces, headers=headers)
    refusal(response, 413, "PAYLOAD_TOO_LARGE")


def test_a_body_that_is_no_json(client):
    headers = {"content-type": "application/json"}
    refusal(client.post("/v1/projects", content=b"{", headers=headers), 422, "VALIDATION_ERROR")


def test_a_ledger_that_cannot_be_read_says_so(client, database):
    client.get("/v1/costs")
    for part in database.parent.glob("voicegw.db*"):
        part.unlink()
    database.write_bytes(b"this is no database, and never was one" * 100)
    error = refusal(client.get("/v1/costs"), 503, "LEDGER_ERROR")
    assert "damaged" in error["message"]
    found = client.get("/v1/status").json()["ledger"]
    assert (found["ok"], found["lost"]) == (False, None)
    assert client.get("/health").status_code == 200


def test_a_ledger_that_comes_back_is_read_again(client, database):
    assert client.get("/v1/costs").status_code == 200
    database.rename(database.with_name("away"))
    assert client.get("/v1/logs").status_code == 503
    database.with_name("away").rename(database)
    assert client.get("/v1/logs").status_code == 200
