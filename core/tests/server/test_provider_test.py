"""A provider's own check, asked in a process of its own with the key that calls would have."""

from __future__ import annotations

import pytest
import server_kit as server


@pytest.fixture
def ask(acme, yaml):
    """`ask(settings)` has the server test the provider that has these settings."""

    def asking(settings, query=""):
        with server.serving(yaml(f"providers: {{acme: {settings}}}\n")) as client:
            response = client.post(f"/v1/providers/acme/test{query}")
            assert response.status_code == 200, response.text
            assert client.get("/v1/logs").json()["rows"] == []  # a check is no request
            return response.json()

    return asking


def test_a_key_that_holds(ask):
    found = ask(f"{{api_key: {server.CANARY}}}")
    assert found == {"ok": True, "latency_ms": 12.5, "detail": "asked with cana...cret"}


def test_a_key_that_is_refused(ask):
    assert ask("{api_key: some-other-key-0001}")["ok"] is False


def test_a_key_that_is_missing_is_named(ask):
    found = ask("{}")
    assert found["ok"] is False
    assert "ACME_API_KEY" in found["detail"]


@pytest.mark.parametrize(
    ("mood", "said"),
    [("raise", "ConnectionError: no route with cana...cret"), ("crash", "status 3")],
)
def test_a_check_that_fails_ends_nothing_else(ask, mood, said):
    found = ask(f"{{api_key: {server.CANARY}, mood: {mood}}}")
    assert found["ok"] is False
    assert said in found["detail"]
    assert server.CANARY not in found["detail"]


def test_a_project_may_have_a_key_of_its_own(acme, yaml):
    config = yaml(f"projects: {{support: {{providers: {{acme: {{api_key: {server.CANARY}}}}}}}}}")
    with server.serving(config) as client:
        assert client.post("/v1/providers/acme/test").json()["ok"] is False
        assert client.post("/v1/providers/acme/test?project=support").json()["ok"] is True
        assert client.post("/v1/providers/acme/test?project=nobody").status_code == 404


def test_a_managed_key_is_used(acme, client):
    client.post("/v1/providers", json={"id": "acme", "api_key": server.CANARY})
    assert client.post("/v1/providers/acme/test").json()["ok"] is True


def test_a_provider_that_is_turned_off(ask):
    found = ask("{enabled: false}")
    assert found["ok"] is False
    assert "disabled" in found["detail"]


def test_a_provider_that_nobody_has(client):
    response = client.post("/v1/providers/nobody/test")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "PROVIDER_NOT_FOUND")


def test_a_provider_that_is_configured_and_not_installed(client):
    client.post("/v1/providers", json={"id": "nowhere"})
    found = client.post("/v1/providers/nowhere/test").json()
    assert found["ok"] is False
    assert "pip install voicegw-nowhere" in found["detail"]
