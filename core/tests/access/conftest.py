from __future__ import annotations

import pytest

from voicegateway.core.access.authenticator import Authenticator
from voicegateway.core.access.keys import create_key
from voicegateway.core.access.scopes import Scope
from voicegateway.storage.keys import KeyStore
from voicegateway.storage.targets import engine_for

VARIABLES = ("CONFIG", "DB_PATH", "SECRET", "SECRET_FALLBACK", "API_KEY", "MCP_TOKEN")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A user without any config."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in VARIABLES:
        monkeypatch.delenv(f"VOICEGW_{name}", raising=False)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "voicegw.db"))
    return tmp_path


@pytest.fixture
def store(home):
    return KeyStore(engine_for(home / "voicegw.db"))


@pytest.fixture
def made(store):
    """`made("read", "write")` makes a key of these scopes."""

    def make(*scopes, name="Ann", expires=None):
        wanted = [Scope(scope) for scope in scopes]
        return create_key(store, name, wanted, actor="cli", expires=expires)

    return make


@pytest.fixture
def access(store):
    return Authenticator(store)
