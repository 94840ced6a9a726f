"""What other distributions add to the server."""

from __future__ import annotations

import importlib
import sys

import pytest
import server_kit as server

GOOD = """
from fastapi import APIRouter

def mount(app):
    router = APIRouter()

    @router.get("/extra", include_in_schema=False)
    async def extra():
        return {"extra": True}

    @router.get("/health", include_in_schema=False)
    async def health():
        return {"status": "replaced"}

    app.include_router(router)
"""
BROKEN = """
def mount(app):
    app.add_api_route("/half", lambda: "made")
    raise RuntimeError("secr-et-token")
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """`install(name, source)` installs a distribution that extends the server."""
    names = []

    def put(name, source, value=":mount"):
        folder = tmp_path / "installed" / name
        info = folder / f"voicegw_{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: voicegw-{name}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[voicegw.server]\n{name} = {name}_pages{value}\n")
        (folder / f"{name}_pages.py").write_text(source)
        monkeypatch.syspath_prepend(str(folder))
        importlib.invalidate_caches()
        names.append(f"{name}_pages")

    yield put
    for name in names:
        sys.modules.pop(name, None)


def test_an_installed_extension_adds_its_routes_and_replaces_none(install):
    install("extra", GOOD)
    with server.serving() as client:
        assert client.get("/extra").json() == {"extra": True}
        assert client.get("/health").json()["status"] == "ok"


def test_a_broken_extension_leaves_no_trace_but_in_the_log(install, caplog):
    install("broken", BROKEN)
    install("extra", GOOD)
    with server.serving() as client:
        assert client.get("/half").status_code == 404
        assert client.get("/extra").json() == {"extra": True}
    assert "voicegw-broken 1.0 adds nothing to the server" in caplog.text


def test_what_is_no_function_is_told(install, caplog):
    install("extra", "mount = 3")
    with server.serving() as client:
        assert client.get("/health").status_code == 200
    assert "names nothing that can be called" in caplog.text


@pytest.mark.parametrize("name", ["extra", "voicegw-extra", "Voicegw_Extra"])
def test_a_disabled_extension_is_left_alone(install, yaml, name):
    install("extra", GOOD)
    with server.serving(yaml(f"plugins: {{disabled: [{name}]}}")) as client:
        assert client.get("/extra").status_code == 404
