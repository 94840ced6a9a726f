from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Tests, the programs they start and the benchmark share `server`.
sys.path.insert(0, str(Path(__file__).parent))

from server import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server for the whole run. A test that stops it starts it again."""
    made = Server()
    made.start()
    yield made
    made.remove()


@pytest.fixture
def url(server: Server) -> str:
    """An empty database."""
    return server.new_database()


@pytest.fixture(autouse=True)
def spool_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's real spool is touched."""
    folder = tmp_path / "spool"
    monkeypatch.setenv("VOICEGW_SPOOL_DIR", str(folder))
    return folder
