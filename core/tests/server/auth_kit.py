"""Keys of every kind, ways to come with them, and the routes that an application really has."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from voicegateway.core.access.keys import create_key, revoke_key
from voicegateway.core.access.scopes import Scope

BASE = "http://127.0.0.1:8080"
OPEN = "open"
OWN_RULE = "a rule of its own"

EXPECTED = {
    "GET /health": OPEN,
    "POST /v1/session": OPEN,  # with a key in its body
    "GET /v1/session": "read",
    "DELETE /v1/session": "read",
    "GET /openapi.json": "read",
    "GET /metrics": "read",
    "GET /v1/audit-log": "read",
    "GET /v1/budgets": "read",
    "GET /v1/costs": "read",
    "GET /v1/costs/series": "read",
    "GET /v1/events": "read",
    "GET /v1/explain/{request_id}": "read",
    "GET /v1/export-costs": "read",
    "GET /v1/latency": "read",
    "GET /v1/latency/series": "read",
    "GET /v1/latency/slowest": "read",
    "GET /v1/logs": "read",
    "GET /v1/models": "read",
    "GET /v1/models/{modality}/{alias:path}": "read",
    "GET /v1/plugins": "read",
    "GET /v1/prices": "read",
    "GET /v1/projects": "read",
    "GET /v1/projects/{project_id:path}": "read",
    "GET /v1/providers": "read",
    "GET /v1/providers/{provider_id}": "read",
    "GET /v1/session-totals": "read",
    "GET /v1/sessions": "read",
    "GET /v1/sessions/{session_id:path}": "read",
    "GET /v1/status": "read",
    "POST /v1/reconcile": "read",  # asks; nothing is changed
    "POST /v1/models": "write",
    "PATCH /v1/models/{modality}/{alias:path}": "write",
    "DELETE /v1/models/{modality}/{alias:path}": "write",
    "POST /v1/projects": "write",
    "PATCH /v1/projects/{project_id:path}": "write",
    "DELETE /v1/projects/{project_id:path}": "write",
    "POST /v1/providers": "write",
    "PATCH /v1/providers/{provider_id}": "write",
    "DELETE /v1/providers/{provider_id}": "write",
    "POST /v1/providers/{provider_id}/test": "write",
    "GET /v1/keys": "admin",
    "POST /v1/keys": "admin",
    "DELETE /v1/keys/{id}": "admin",
    "ANY /mcp": OWN_RULE,
}
"""Who may ask what. A route that is not here fails the tests."""

_ORDER = ["read", "write", "admin"]


def routes_of(app):
    """Every `METHOD /path` that the application answers, wherever it was added."""
    return sorted(set(_walk(app.routes, "")))


def _walk(routes, prefix):
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _walk(inner.routes, prefix)
            continue
        path = prefix + route.path
        below = getattr(route, "routes", None)
        if below:
            yield from _walk(below, path)
            continue
        methods = getattr(route, "methods", None) or {"ANY"}
        for method in methods - {"HEAD"}:
            yield f"{method} {path}"


def guarded():
    """The routes that a scope guards, as (method, a path of them, the scope)."""
    for name, scope in EXPECTED.items():
        if scope in (OPEN, OWN_RULE):
            continue
        method, path = name.split(" ")
        yield (
            method,
            re.sub(r"\{modality\}", "stt", re.sub(r"\{(?!modality)[^}]*\}", "x", path)),
            scope,
        )


def grants(scopes, needed):
    return max(map(_ORDER.index, scopes), default=-1) >= _ORDER.index(needed)


def make(access, *scopes, name="Ann", expires=None):
    """A key of the store."""
    made = create_key(
        access.store, name, [Scope(one) for one in scopes], actor="cli", expires=expires
    )
    access.forget()
    return made


def revoke(access, made):
    revoke_key(access.store, made.row.id, actor="cli")
    access.forget()


def make_expired(access, monkeypatch, *scopes):
    """A key that held for an hour, two hours ago."""
    made = make(access, *scopes, expires=datetime.now(UTC) + timedelta(hours=1))
    later = datetime.now(UTC).timestamp() + 7200
    monkeypatch.setattr(access._book, "_wall", lambda: later)
    return made


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def sign_in(client, token):
    """The headers of a browser that has signed in, as it sends them from this server's page."""
    response = client.post("/v1/session", json={"token": token})
    assert response.status_code == 201, response.text
    cookie = response.cookies["voicegw_session"]
    client.cookies.clear()
    return {"Cookie": f"voicegw_session={cookie}", "Origin": BASE}
