"""A gateway with rows, keys and a plugin, and clients that reach it over both transports."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from mcp_kit import CONFIG, VARIABLES, attempt, closed, install, over_http, over_stdio, serving

from voicegateway.core.access import Scope, key_store
from voicegateway.core.access.keys import create_key
from voicegateway.core.config_manager import ConfigManager
from voicegateway.mcp.app import create_mcp_app
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import AttemptOpened
from voicegateway.types import Modality


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A user with a config, a ledger, and a plugin that Python finds in child processes too."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "voicegw.db"))
    (tmp_path / "voicegw.yaml").write_text(CONFIG)
    for provider in ("acme", "brook"):
        install(tmp_path / "installed", provider)
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    return tmp_path


@pytest.fixture
def rows(home):
    """Ids of the rows of a ledger: one priced, one without a price, one that failed, one open."""
    ledger = open_ledger(home / "voicegw.db")
    made = {
        "priced": closed("0.0049"),
        "unpriced": closed(None),
        "failed": closed("0.0001", outcome="failed", model="ear-1", modality=Modality.STT),
    }
    for row in made.values():
        ledger.append(row)
    running = attempt(model="ear-1", modality=Modality.STT)
    ledger.append(AttemptOpened(running))
    assert ledger.flush(10)
    yield {
        **{name: f"{row.attempt.call_id}-1" for name, row in made.items()},
        "open": f"{running.call_id}-1",
    }
    ledger.close()


@pytest.fixture
def key(home):
    """`key("read")` makes an API key and returns what its owner sends."""
    made = {}

    def make(*scopes, name="reader"):
        if (scopes, name) not in made:
            store = key_store(ConfigManager().layers().config)
            created = create_key(store, name, [Scope(one) for one in scopes], actor="cli")
            made[scopes, name] = created.token
        return made[scopes, name]

    return make


@pytest.fixture(params=["stdio", "http"])
def connected(request, key):
    """`async with connected() as client`: one that may do everything, over each transport."""

    @asynccontextmanager
    async def connect(mode="auto"):
        if request.param == "stdio":
            async with over_stdio(mode) as client:
                yield client
        else:
            token = key("read", "write", name="mcp")
            async with serving(create_mcp_app()) as port, over_http(port, token, mode) as client:
                yield client

    return connect
