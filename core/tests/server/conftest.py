from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# What these tests share, and what the ledger's own are made of.
sys.path[:0] = [str(HERE), str(HERE.parent / "storage")]

import server_kit as server  # noqa: E402

from voicegateway.core.discovery import scan  # noqa: E402
from voicegateway.server import extensions  # noqa: E402

INSTALLED = {found.distribution for found in scan(extensions.SERVER_GROUP)}
"""What extends the server where these tests run, such as the dashboard."""

VARIABLES = (
    "ACME_API_KEY",
    "VOICEGW_ACTIVE_PROJECT",
    "VOICEGW_API_KEY",
    "VOICEGW_CONFIG",
    "VOICEGW_SECRET",
    "VOICEGW_SECRET_FALLBACK",
)


@pytest.fixture(autouse=True)
def database(tmp_path, monkeypatch):
    """Where the ledger will be, of a user without any config."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "voicegw.db"))
    return tmp_path / "voicegw.db"


@pytest.fixture(autouse=True)
def bare_server(monkeypatch):
    """Nothing but a test's own extensions adds to the server."""

    def find(group):
        return [found for found in scan(group) if found.distribution not in INSTALLED]

    monkeypatch.setattr(extensions, "scan", find)


@pytest.fixture
def yaml(tmp_path):
    """`yaml(text)` writes a config file and returns its path."""

    def write(text):
        (tmp_path / "voicegw.yaml").write_text(text)
        return tmp_path / "voicegw.yaml"

    return write


@pytest.fixture
def seeded(database):
    """The records that the ledger has, its writer still open; and the request that is running."""
    ledger, records, running = server.seed(database)
    yield records, running
    ledger.close()


@pytest.fixture
def acme(tmp_path, monkeypatch):
    """A distribution that offers the provider `acme`."""
    folder = tmp_path / "installed"
    info = folder / "voicegw_acme-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: voicegw-acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[voicegw.providers]\nacme = acme_plugin\n")
    (folder / "acme_plugin.py").write_text(server.ACME)
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    yield
    sys.modules.pop("acme_plugin", None)


@pytest.fixture
def client():
    with server.serving() as client:
        yield client
