"""`/v1/keys`, and that a key is seen once and never again."""

from __future__ import annotations

import json
import logging
import traceback

import auth_kit as kit
import pytest
from fastapi.testclient import TestClient

from voicegateway.core.config_manager import ConfigManager
from voicegateway.core.crypto import new_key
from voicegateway.core.rotation import rotate


@pytest.fixture
def access(client):
    return client.app.state.access


@pytest.fixture
def admin(client, access):
    return kit.bearer(kit.make(access, "admin", name="Root").token)


def test_a_key_is_made_listed_and_revoked(client, admin):
    body = {"name": "ci", "scopes": ["write", "read"], "expires_at": "2031-01-01T00:00:00+01:00"}
    response = client.post("/v1/keys", json=body, headers=admin)
    assert response.status_code == 201
    made = response.json()
    assert list(made) == ["id", "name", "token", "scopes", "expires_at"]
    assert (made["scopes"], made["expires_at"]) == (["read", "write"], "2030-12-31T23:00:00Z")
    assert response.headers["Cache-Control"] == "no-store"
    assert client.get("/v1/session", headers=kit.bearer(made["token"])).json()["name"] == "ci"
    listed = client.get("/v1/keys", headers=admin).json()
    assert [one["name"] for one in listed] == ["Root", "ci"]
    assert made["token"] not in json.dumps(listed)
    response = client.delete(f"/v1/keys/{made['id']}", headers=admin)
    assert response.json()["revoked_at"] is not None
    assert client.get("/v1/session", headers=kit.bearer(made["token"])).status_code == 401
    log = client.get("/v1/audit-log", headers=admin).json()["rows"]
    assert [(one["actor"], one["action"], one["kind"]) for one in log] == [
        ("Root", "revoke", "key"),
        ("Root", "create", "key"),
        ("cli", "create", "key"),
    ]


def test_the_first_key_shuts_the_door(client):
    made = client.post("/v1/keys", json={"name": "first", "scopes": ["admin"]})
    assert made.status_code == 201
    assert client.get("/v1/keys").status_code == 401
    assert client.get("/v1/keys", headers=kit.bearer(made.json()["token"])).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "", "scopes": ["read"]},
        {"name": "a\nb", "scopes": ["read"]},
        {"name": " ", "scopes": ["read"]},
        {"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "x", "scopes": ["read"], "expires_at": "2031-01-01T00:00:00"},
        {"name": "x", "scopes": ["read"], "token": "canary-of-mine"},
    ],
)
def test_what_is_no_key_is_refused(client, admin, body):
    response = client.post("/v1/keys", json=body, headers=admin)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "VALIDATION_ERROR")
    assert "canary-of-mine" not in response.text
    assert len(client.get("/v1/keys", headers=admin).json()) == 1


def test_a_key_that_is_not_there(client, admin):
    response = client.delete("/v1/keys/nobody", headers=admin)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "KEY_NOT_FOUND")


def test_keys_outlive_the_secret(client, access, admin, monkeypatch, database):
    token = kit.make(access, "read").token
    client.post("/v1/providers", json={"id": "acme", "api_key": "of-the-vendor"}, headers=admin)
    monkeypatch.setenv("VOICEGW_SECRET", new_key())
    assert rotate(ConfigManager().store, new_key=False, actor="cli").encrypted == 1
    access.forget()
    for headers in (kit.bearer(token), admin):
        assert client.get("/v1/costs", headers=headers).status_code == 200


class Everything(logging.Handler):
    """What was logged, by anybody, with tracebacks."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.text = []

    def emit(self, record):
        if record.name.startswith("httpx"):  # the client's own
            return
        self.text.append(record.getMessage())
        if record.exc_info:
            self.text.extend(traceback.format_exception(record.exc_info[1]))


@pytest.fixture
def logged():
    handler = Everything()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.text
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_key_is_in_no_answer_log_traceback_or_audit_row(client, access, logged, database):
    made = kit.make(access, "admin")
    wrong = made.token[:-6] + "canary"
    seen = []
    client = TestClient(
        client.app, base_url=kit.BASE, client=("127.0.0.1", 1), raise_server_exceptions=False
    )
    for token in (made.token, wrong):
        session = {"Cookie": f"voicegw_session={token}"}
        for headers in (kit.bearer(token), {"Authorization": token}, session):
            for method, path, _ in kit.guarded():
                if path == "/v1/events":
                    continue
                for query in (f"?token={token}", f"?x={token}&project={token}"):
                    response = client.request(method, path + query, headers=headers, json=[token])
                    seen.append(response.text + str(response.headers))
        seen += [
            client.post("/v1/session", json=body).text
            for body in ({"token": token, "x": token}, {"token": [token]}, [token], {token: token})
        ]
        seen.append(client.get(f"/v1/keys/{token}", headers=kit.bearer(made.token)).text)
        seen.append(client.delete(f"/v1/keys/{wrong}", headers=kit.bearer(made.token)).text)
    broken = database.parent / "voicegw.db"
    broken.write_bytes(b"no database at all, and long enough to be looked at" * 100)
    access.forget()
    seen.append(client.get("/v1/costs", headers=kit.bearer(made.token)).text)
    secret = made.token.rpartition("_")[2]
    everything = "\n".join([*seen, *logged, repr(access), repr(vars(access))])
    assert len(seen) > 100
    assert secret not in everything
    assert "canary" not in everything.replace("canary-", "")
    assert made.row.hash not in everything
