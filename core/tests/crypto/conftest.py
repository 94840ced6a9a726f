from __future__ import annotations

import pytest

from voicegateway.core.config_manager import ConfigManager

VARIABLES = (
    "VOICEGW_ACTIVE_PROJECT",
    "VOICEGW_CONFIG",
    "VOICEGW_DB_PATH",
    "VOICEGW_SECRET",
    "VOICEGW_SECRET_FALLBACK",
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A user without any config."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def yaml(tmp_path):
    """`yaml(text)` writes the config file and returns its path."""
    path = tmp_path / "voicegw.yaml"

    def write(text):
        path.write_text(text, encoding="utf-8")
        return path

    write("{}")
    return write


@pytest.fixture
def manager(yaml, tmp_path, monkeypatch):
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "voicegw.db"))
    return ConfigManager()
