from __future__ import annotations

import sys
from pathlib import Path

import pytest

# What the ledger's own tests are made of.
sys.path.insert(0, str(Path(__file__).parent.parent / "storage"))

from voicegateway.core.gateway import Gateway
from voicegateway.operations import Operations


@pytest.fixture(autouse=True)
def database(tmp_path, monkeypatch):
    """Where the ledger will be, of a user without any config."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("VOICEGW_ACTIVE_PROJECT", "VOICEGW_CONFIG", "VOICEGW_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "voicegw.db"))
    return tmp_path / "voicegw.db"


@pytest.fixture
def operations():
    made = Operations(Gateway())
    made.prepare()
    yield made
    made.close()
