"""A home of its own, with two plugins in it, and the command run on it."""

from __future__ import annotations

import json
import sys

import importlib_metadata
import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.core import discovery

LOCAL = """
from voicegateway import hookimpl
from voicegateway.types import Modality, ModelBundle, ModelFile, ProviderCheck, ProviderInfo

@hookimpl
def provider_info():
    return ProviderInfo("Ears", frozenset(Modality), local=True)

@hookimpl
def check_provider(settings):
    return ProviderCheck(ok=False, detail="the engine is not here: pip install ears")

@hookimpl
def model_bundles():
    weights = ModelFile("m.bin", "0" * 64, 5, ())
    return [ModelBundle("tiny", (weights,), "MIT", needs="two cores")]
"""
CLOUD = """
from pathlib import Path
from voicegateway import hookimpl
from voicegateway.types import Modality, ProviderCheck, ProviderInfo

@hookimpl
def provider_info():
    return ProviderInfo("Cloud", frozenset(Modality), key_variable="CLOUD_API_KEY")

@hookimpl
async def check_provider(settings):
    Path("asked").touch()
    good = settings.api_key.reveal() == "a-good-key"
    return ProviderCheck(ok=good, detail="the key is accepted" if good else "the key is refused")
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Where the command runs, with the user's folder and nothing installed but `voicegw-pair`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VOICEGW_MODELS_DIR", str(tmp_path / "models"))
    for name in (
        *("VOICEGW_CONFIG", "VOICEGW_DB_PATH", "VOICEGW_HOST", "VOICEGW_SECRET"),
        *("VOICEGW_API_KEY", "VOICEGW_MCP_TOKEN", "CLOUD_API_KEY"),
    ):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    only_here = lambda: importlib_metadata.distributions(path=[str(folder)])  # noqa: E731
    monkeypatch.setattr(discovery, "_distributions", only_here)  # not what else is installed
    return tmp_path


@pytest.fixture
def install(home, monkeypatch):
    """`install("voicegw-acme", acme=source)`: a distribution with a plugin a provider."""

    def add(distribution, *, more="", **plugins):
        info = home / "site" / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        modules = {name: f"{distribution.replace('-', '_')}_{name}" for name in plugins}
        lines = "".join(f"{name} = {module}\n" for name, module in modules.items())
        (info / "entry_points.txt").write_text(f"[voicegw.providers]\n{lines}{more}")
        for name, module in modules.items():
            (home / "site" / f"{module}.py").write_text(plugins[name])
            monkeypatch.delitem(sys.modules, module, raising=False)

    return add


@pytest.fixture
def pair(install):
    install("voicegw-pair", ears=LOCAL, cloud=CLOUD)


@pytest.fixture
def configure(home):
    return (home / "voicegw.yaml").write_text


@pytest.fixture
def ledger_path(home, monkeypatch):
    path = home / "ledger.db"
    monkeypatch.setenv("VOICEGW_DB_PATH", str(path))
    return path


@pytest.fixture
def examine():
    """Exit code and what it says; every finding must be numbered and have a fix."""

    def run(*arguments):
        result = CliRunner().invoke(app, ["doctor", "--json", *arguments])
        told = json.loads(result.output)
        found = [one for one in told if one["level"] == "finding"]
        assert [one["number"] for one in found] == list(range(1, len(found) + 1))
        assert all(one["fix"] for one in found), found
        assert result.exit_code == (1 if found else 0)
        return found, told

    return run
