"""Nothing is read or written without the scope that it needs: every route of the application, in
every state of keys, and every way to come with one."""

from __future__ import annotations

import auth_kit as kit
import pytest
import server_kit as server

GUARDED = list(kit.guarded())
SCOPES = [("read",), ("write",), ("admin",), ("read", "write")]


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Without what other distributions add, which have tests of their own."""
    monkeypatch.setattr("voicegateway.server.extensions.scan", lambda group: [])


@pytest.fixture
def access(client):
    return client.app.state.access


def ask(client, method, path, headers=None, query="?no-such-parameter=1"):
    """Whoever is let in is told of the parameter, before anything is done: the route would
    otherwise stream for ever, or wait for a plugin."""
    return client.request(method, f"{path}{query}", headers=headers)


def all_of(client, headers, query="?no-such-parameter=1"):
    """Each route's answer: the scope that it needs, status and code."""
    for method, path, scope in GUARDED:
        response = ask(client, method, path, headers, query)
        body = {} if response.status_code == 204 else response.json()
        yield f"{method} {path}", scope, response, body.get("error", {}).get("code")


def test_every_route_is_in_the_table_and_every_line_of_it_is_a_route(client):
    assert kit.routes_of(client.app) == sorted(kit.EXPECTED)


def test_without_keys_this_machine_may_do_all(client):
    for name, _, response, code in all_of(client, None):
        assert (response.status_code, code) == (422, "VALIDATION_ERROR"), name


def refused(client, headers):
    for name, _, response, code in all_of(client, headers):
        assert (response.status_code, code) == (401, "UNAUTHENTICATED"), name
        assert response.headers["WWW-Authenticate"].startswith('Bearer realm="voicegateway"'), name
        assert set(response.json()["error"]) == {"code", "message", "details"}, name
    for name, _, response, _ in all_of(client, headers, query=""):
        assert response.status_code == 401, name


@pytest.mark.parametrize("scopes", SCOPES, ids="+".join)
@pytest.mark.parametrize("way", ["bearer", "cookie"])
def test_a_key_may_do_what_its_scopes_say(client, access, scopes, way):
    token = kit.make(access, *scopes).token
    headers = kit.bearer(token) if way == "bearer" else kit.sign_in(client, token)
    for name, scope, response, code in all_of(client, headers):
        if kit.grants(scopes, scope):
            assert (response.status_code, code) == (422, "VALIDATION_ERROR"), name
            continue
        assert (response.status_code, code) == (403, "INSUFFICIENT_SCOPE"), name
        assert response.json()["error"]["details"]["scope"] == scope
        assert f'scope="{scope}"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("state", ["held", "revoked", "expired"])
def test_once_a_key_was_made_nobody_comes_without(client, access, monkeypatch, state):
    if state == "expired":
        kit.make_expired(access, monkeypatch, "admin")
    else:
        made = kit.make(access, "admin")
        if state == "revoked":
            kit.revoke(access, made)
    refused(client, None)


@pytest.mark.parametrize("way", ["bearer", "cookie"])
@pytest.mark.parametrize("others", [False, True], ids=["alone", "beside another key"])
def test_a_revoked_key_lets_nobody_in(client, access, way, others):
    made = kit.make(access, "admin")
    if others:
        kit.make(access, "read", name="Bob")
    headers = kit.bearer(made.token) if way == "bearer" else kit.sign_in(client, made.token)
    assert ask(client, "GET", "/v1/keys", headers).status_code == 422
    kit.revoke(access, made)
    refused(client, headers)


@pytest.mark.parametrize("way", ["bearer", "cookie"])
def test_an_expired_key_lets_nobody_in(client, access, monkeypatch, way):
    held = kit.make(access, "admin", expires=None)
    session = kit.sign_in(client, held.token)
    made = kit.make_expired(access, monkeypatch, "admin")
    if way == "bearer":
        refused(client, kit.bearer(made.token))
    else:
        response = client.post("/v1/session", json={"token": made.token})
        assert response.status_code == 401
        assert "set-cookie" not in response.headers
        assert ask(client, "GET", "/v1/keys", session).status_code == 422


WRONG = [
    {"Authorization": "Bearer vgw_000000000000_" + "0" * 64},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer "},
    {"Authorization": ""},
    {"Authorization": "Basic YWRtaW46YWRtaW4="},
    {"Authorization": "TOKEN"},
    {"X-API-Key": "TOKEN"},
    {"Cookie": "voicegw_session=TOKEN"},
    {"Cookie": "voicegw_session="},
    {"Cookie": "voicegw_session=" + "A" * 43},
    {"Cookie": "session=TOKEN; token=TOKEN"},
]


@pytest.mark.parametrize("headers", WRONG, ids=str)
def test_what_is_no_key_lets_nobody_in(client, access, headers):
    token = kit.make(access, "admin").token
    stated = {name: value.replace("TOKEN", token) for name, value in headers.items()}
    for method, path in [("GET", "/v1/costs"), ("POST", "/v1/projects"), ("GET", "/v1/keys")]:
        response = ask(client, method, path, stated)
        assert response.status_code in (401, 429)
    for query in (f"?token={token}", f"?access_token={token}", f"?key={token}"):
        assert ask(client, "GET", "/v1/costs", None, query).status_code == 401


def test_two_keys_at_once_are_none(client, access):
    token = kit.make(access, "admin").token
    stated = [("Authorization", f"Bearer {token}"), ("Authorization", "Bearer x")]
    assert client.get("/v1/costs", headers=stated).status_code == 401
    assert client.get("/v1/costs", headers=stated[:1]).status_code == 200


def test_a_wrong_key_is_wrong_also_where_none_is_needed(client):
    assert client.get("/v1/costs", headers=kit.bearer("x" * 40)).status_code == 401
    assert client.get("/v1/costs").status_code == 200


def test_keys_of_the_config_and_of_the_environment(yaml, monkeypatch):
    monkeypatch.setenv("VOICEGW_API_KEY", "e" * 40)
    monkeypatch.setenv("VOICEGW_MCP_TOKEN", "m" * 40)
    entry = f"{{name: prometheus, token: {'p' * 40}, scopes: [read]}}"
    with server.serving(yaml(f"auth: {{api_keys: [{entry}]}}")) as client:
        refused(client, None)
        for token, scope in (("e", "admin"), ("m", "write"), ("p", "read")):
            for name, needed, response, _ in all_of(client, kit.bearer(token * 40)):
                expected = 422 if kit.grants([scope], needed) else 403
                assert response.status_code == expected, name
        sources = {one["id"]: one["source"] for one in
                   client.get("/v1/keys", headers=kit.bearer("e" * 40)).json()}  # fmt: skip
        assert sources == {
            "env:VOICEGW_API_KEY": "env",
            "env:VOICEGW_MCP_TOKEN": "env",
            "config:0": "yaml",
        }


@pytest.mark.parametrize("keyed", [False, True])
def test_what_is_open_is_open(client, access, keyed):
    if keyed:
        kit.make(access, "read")
    assert client.get("/health").status_code == 200
    assert set(client.get("/health").json()) == {"status", "uptime_seconds", "version"}
    assert client.post("/v1/session", json={"token": "x"}).status_code == 401


@pytest.mark.parametrize(
    "path", ["/docs", "/redoc", "/v1", "/", "/v2/costs", "/v1/costs/", "/.env"]
)
def test_what_is_not_there_says_nothing(client, access, path):
    kit.make(access, "read")
    response = client.get(path)
    assert response.status_code in (401, 404)
    assert response.json()["error"]["code"] in ("NOT_FOUND", "UNAUTHENTICATED")


@pytest.mark.parametrize("keyed", [False, True])
def test_tools_need_a_token_always_and_a_cookie_is_none(client, access, keyed):
    call = {"json": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}}
    assert client.post("/mcp", **call).status_code == 401
    if keyed:
        made = kit.make(access, "admin")
        session = kit.sign_in(client, made.token)
        assert client.post("/mcp", headers=session, **call).status_code == 401
        kit.revoke(access, made)
        assert client.post("/mcp", headers=kit.bearer(made.token), **call).status_code == 401


def test_a_store_that_is_broken_lets_in_who_needs_none_of_it(database, yaml):
    entry = f"{{name: ops, token: {'o' * 40}, scopes: [admin]}}"
    with server.serving(yaml(f"auth: {{api_keys: [{entry}]}}")) as client:
        made = kit.make(client.app.state.access, "admin")
        for path in database.parent.glob("voicegw.db*"):
            path.write_bytes(b"no database at all, and long enough to be looked at" * 100)
        client.app.state.access.forget()
        for headers in (None, kit.bearer(made.token)):
            response = client.get("/v1/keys", headers=headers)
            assert (response.status_code, response.json()["error"]["code"]) == (503, "LEDGER_ERROR")
        assert client.get("/v1/session", headers=kit.bearer("o" * 40)).status_code == 200
