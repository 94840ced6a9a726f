"""Browsers: the cookie of a session, and what pages of other sites are refused."""

from __future__ import annotations

import auth_kit as kit
import pytest
import server_kit as server
from fastapi.testclient import TestClient

from voicegateway.core.access.sessions import LIFETIME_SECONDS, Sessions

PROJECT = {"id": "support"}


@pytest.fixture
def access(client):
    return client.app.state.access


def cookie_of(response):
    name, _, rest = response.headers["set-cookie"].partition("=")
    value, *attributes = [part.strip().lower() for part in rest.split(";")]
    return name, value, set(attributes)


def test_signing_in_sets_a_cookie_without_the_key(client, access):
    made = kit.make(access, "write")
    response = client.post("/v1/session", json={"token": made.token})
    assert response.json() == {
        "name": "Ann",
        "scopes": ["read", "write"],
        "by": "cookie",
        "keys_exist": True,
    }
    name, value, attributes = cookie_of(response)
    assert name == "voicegw_session"
    assert {"httponly", "samesite=strict", "path=/", f"max-age={LIFETIME_SECONDS}"} <= attributes
    assert len(value) >= 43
    assert made.token not in response.text + str(response.headers)
    assert made.row.id not in value
    assert response.headers["Cache-Control"] == "no-store"


def test_behind_tls_the_cookie_is_for_tls_alone(client, access):
    token = kit.make(access, "read").token
    with TestClient(client.app, base_url="https://ops.example", client=("127.0.0.1", 1)) as browser:
        response = browser.post("/v1/session", json={"token": token})
        assert "secure" in cookie_of(response)[2]
        origin = {"Origin": "https://ops.example"}
        assert browser.delete("/v1/session", headers=origin).status_code == 204


def test_each_session_is_new_and_ends_when_signed_out(client, access):
    token = kit.make(access, "read").token
    first, second = kit.sign_in(client, token), kit.sign_in(client, token)
    assert first != second
    response = client.delete("/v1/session", headers=first)
    assert response.status_code == 204
    assert "max-age=0" in cookie_of(response)[2]
    assert client.get("/v1/session", headers=first).status_code == 401
    assert client.get("/v1/session", headers=second).json()["by"] == "cookie"


def test_signing_in_anew_ends_the_session_before(client, access):
    token = kit.make(access, "read").token
    first = kit.sign_in(client, token)
    client.post("/v1/session", json={"token": token}, headers=first)
    client.cookies.clear()
    assert client.get("/v1/session", headers=first).status_code == 401


def test_who_is_there(client, access):
    assert client.get("/v1/session").json() == {
        "name": "local",
        "scopes": ["read", "write", "admin"],
        "by": "local",
        "keys_exist": False,
    }
    token = kit.make(access, "read").token
    assert client.get("/v1/session").status_code == 401
    found = client.get("/v1/session", headers=kit.bearer(token)).json()
    assert (found["name"], found["by"], found["keys_exist"]) == ("Ann", "key", True)


@pytest.mark.parametrize(
    "body", [{}, {"token": ""}, {"token": 7}, {"key": "x"}, {"token": "x" * 600}]
)
def test_what_is_no_sign_in(client, body):
    response = client.post("/v1/session", json=body)
    assert response.status_code == 422
    assert "set-cookie" not in response.headers


def test_a_session_has_an_end():
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    value = sessions.open("key")
    now[0] = LIFETIME_SECONDS - 1
    assert sessions.key(value) == "key"
    now[0] = LIFETIME_SECONDS
    assert sessions.key(value) is None
    now[0] = 0.0
    assert sessions.key(value) is None


OTHERS = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:8081"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://localhost:8080"},
    {"Origin": "http://127.0.0.1:8080.evil.example"},
    {"Origin": "http://127.0.0.1:8080@evil.example"},
    {"Origin": "file://"},
    {"Origin": "http://[::1"},
    {"Origin": kit.BASE, "Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", [{}, *OTHERS], ids=str)
def test_another_sites_page_changes_nothing_with_the_cookie(client, access, headers):
    session = kit.sign_in(client, kit.make(access, "admin").token)
    stated = {"Cookie": session["Cookie"], **headers}
    for method, path in (("POST", "/v1/projects"), ("DELETE", "/v1/session"), ("POST", "/v1/keys")):
        response = client.request(method, path, headers=stated, json=PROJECT)
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "ORIGIN_REFUSED"
    assert client.get("/v1/session", headers=session).status_code == 200
    assert client.post("/v1/projects", headers=session, json=PROJECT).status_code == 201


def test_a_key_needs_no_origin(client, access):
    """Pages cannot send one that they do not have."""
    headers = {**kit.bearer(kit.make(access, "write").token), "Origin": "https://ops.example"}
    assert client.post("/v1/projects", headers=headers, json=PROJECT).status_code == 201


@pytest.mark.parametrize("headers", OTHERS, ids=str)
def test_another_sites_page_changes_nothing_where_there_are_no_keys(client, headers):
    response = client.post("/v1/projects", headers=headers, json=PROJECT)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "ORIGIN_REFUSED")
    response = client.post("/v1/session", headers=headers, json={"token": "x"})
    assert response.status_code == 403


def test_this_servers_own_page_does(client):
    own = {"Origin": kit.BASE, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/v1/projects", headers=own, json=PROJECT).status_code == 201
    assert client.post("/v1/projects", json={"id": "other"}).status_code == 201  # no browser


def test_another_site_reads_nothing_where_there_are_no_keys(client):
    assert client.get("/v1/costs", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/v1/costs", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_listed_origins_may(yaml):
    path = yaml("server: {cors_origins: ['https://ops.example']}")
    listed = {"Origin": "https://ops.example", "Sec-Fetch-Site": "cross-site"}
    with server.serving(path) as client:
        response = client.post("/v1/projects", headers=listed, json=PROJECT)
        assert response.status_code == 201
        assert response.headers["Access-Control-Allow-Origin"] == "https://ops.example"
        other = client.get("/v1/costs", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in other.headers


def test_cross_origin_answers_are_off(client):
    headers = {"Origin": "https://ops.example", "Access-Control-Request-Method": "GET"}
    for response in (
        client.get("/v1/costs", headers=headers),
        client.options("/v1/costs", headers=headers),
    ):
        assert not [name for name in response.headers if name.startswith("access-control")]


LOCAL = ["127.0.0.1", "127.0.0.1:8080", "localhost:9000", "LOCALHOST", "[::1]:8080", "a.localhost"]
REBOUND = ["evil.example", "127.0.0.1.evil.example", "evil.example:8080", "", "10.0.0.1", "0.0.0.0"]


@pytest.mark.parametrize("host", LOCAL)
def test_without_keys_the_host_is_this_machine(client, host):
    assert client.get("/v1/costs", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", [*REBOUND, "localhost.evil.example", "[::2]", "127.0.0.1@evil.example"]
)
def test_without_keys_another_host_is_refused(client, access, host):
    for method, path, _ in kit.guarded():
        response = client.request(method, path, headers={"Host": host})
        assert (response.status_code, response.json()["error"]["code"]) == (403, "HOST_REFUSED")
    token = kit.make(access, "read").token
    headers = {"Host": host, **kit.bearer(token)}
    assert client.get("/v1/costs", headers=headers).status_code == 200


@pytest.mark.parametrize("client_address", ["10.0.0.9", "2001:db8::1", "192.168.1.1", "0.0.0.0"])
def test_without_keys_another_machine_is_refused(client, client_address):
    with TestClient(client.app, base_url=kit.BASE, client=(client_address, 1)) as other:
        for method, path, _ in kit.guarded():
            response = other.request(method, path)
            assert (response.status_code, response.json()["error"]["code"]) == (403, "LOCAL_ONLY")
        assert "keys create" in response.json()["error"]["message"]
        assert other.get("/health").status_code == 200


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"])
def test_without_keys_a_relayed_request_is_refused(client, name):
    response = client.get("/v1/costs", headers={name: "127.0.0.1"})
    assert response.json()["error"]["code"] == "LOCAL_ONLY"


def test_guesses_are_slowed_and_the_holder_of_a_key_is_let_in(client, access):
    token = kit.make(access, "read").token
    answers = [
        client.get("/v1/costs", headers=kit.bearer(f"guess-{number}")) for number in range(15)
    ]
    assert [one.status_code for one in answers] == [401] * 10 + [429] * 5
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].json()["error"]["code"] == "TOO_MANY_ATTEMPTS"
    assert client.post("/v1/session", json={"token": "guess"}).status_code == 429
    assert client.get("/v1/costs", headers=kit.bearer(token)).status_code == 200
    assert client.post("/v1/session", json={"token": token}).status_code == 201
