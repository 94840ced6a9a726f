from __future__ import annotations

import sys
from pathlib import Path

import pytest

# What the ledger's own tests are made of.
sys.path.insert(0, str(Path(__file__).parent.parent / "storage"))


@pytest.fixture
def path(tmp_path, monkeypatch):
    """Where the ledger will be, for the command line too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VOICEGW_CONFIG", raising=False)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "voicegw.db"))
    return tmp_path / "voicegw.db"
