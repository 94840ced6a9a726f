"""`voicegw doctor`: a healthy install is healthy, and each fault is found with its fix."""

from __future__ import annotations

import json
import os
import sys

import importlib_metadata
import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.core import discovery
from voicegateway.storage.spool.folders import spool_folder

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
from voicegateway import hookimpl
from voicegateway.types import Modality, ProviderInfo

@hookimpl
def provider_info():
    return ProviderInfo("Cloud", frozenset(Modality), key_variable="CLOUD_API_KEY")
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VOICEGW_MODELS_DIR", str(tmp_path / "models"))
    for name in ("VOICEGW_CONFIG", "VOICEGW_DB_PATH", "CLOUD_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    only_here = lambda: importlib_metadata.distributions(path=[str(folder)])  # noqa: E731
    monkeypatch.setattr(discovery, "_distributions", only_here)  # not what else is installed
    info = folder / "voicegw_pair-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: voicegw-pair\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[voicegw.providers]\nears = ears_plugin\ncloud = cloud_plugin\n"
    )
    for name, source in (("ears_plugin", LOCAL), ("cloud_plugin", CLOUD)):
        (folder / f"{name}.py").write_text(source)
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def examine(*arguments):
    result = CliRunner().invoke(app, ["doctor", *arguments])
    return result.exit_code, result.output


def test_a_healthy_install_is_healthy(home):
    code, shown = examine()
    assert code == 0, shown
    assert "All is well." in shown
    assert "model ears/tiny: missing; runs well on two cores" in shown


def test_what_the_config_asks_for_must_be_there(home):
    (home / "voicegw.yaml").write_text(
        "providers: {cloud: {}, ears: {}}\n"
        "stacks: {mine: {stt: 'ears/tiny:en', llm: cloud/x, tts: cloud/y}}\n"
    )
    code, shown = examine()
    assert code == 1
    assert "CLOUD_API_KEY" in shown
    assert "the engine is not here: pip install ears" in shown
    assert "voicegw models fetch ears/tiny" in shown
    assert "3 findings." in shown


def test_a_broken_config_is_the_only_finding(home):
    (home / "voicegw.yaml").write_text("provders: {}")
    code, shown = examine("--json")
    assert code == 1
    (finding,) = json.loads(shown)
    assert (finding["level"], finding["about"]) == ("finding", "config")
    assert "did you mean 'providers'" in finding["what"]


def test_a_broken_plugin(home):
    (home / "site" / "ears_plugin.py").write_text("raise RuntimeError('no ears')")
    code, shown = examine()
    assert code == 1
    assert "plugin ears" in shown
    assert "no ears" in shown


def test_a_ledger_that_is_none(home, monkeypatch):
    path = home / "ledger.db"
    path.write_text("not a database, not at all" * 50)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(path))
    code, shown = examine()
    assert code == 1
    assert "1. ledger:" in shown


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing stops root")
def test_a_ledger_that_cannot_be_made(home, monkeypatch):
    closed = home / "closed"
    closed.mkdir(mode=0o500)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(closed / "ledger.db"))
    code, shown = examine()
    assert code == 1
    assert "cannot be made" in shown


ENGINE = """
from pathlib import Path
from voicegateway.storage.sqlite import SqliteEngine

class FarAway(SqliteEngine):
    spools = True

def engine(target, *, durability):
    return FarAway(Path(target.partition("://")[2]), durability=durability)
"""


@pytest.mark.parametrize(("megabytes", "level"), [("256", "note"), ("1", "finding")])
def test_what_waits_in_the_spool_is_told(home, monkeypatch, megabytes, level):
    """Nearly full is a finding: what no longer fits would be lost."""
    (home / "site" / "far_engine.py").write_text(ENGINE)
    monkeypatch.delitem(sys.modules, "far_engine", raising=False)
    info = home / "site" / "voicegw_pair-1.0.dist-info" / "entry_points.txt"
    info.write_text(f"{info.read_text()}[voicegw.storage]\nfar = far_engine:engine\n")
    monkeypatch.setenv("VOICEGW_DB_PATH", f"far://{home}/ledger.db")
    monkeypatch.setenv("VOICEGW_SPOOL_DIR", str(home / "spool"))
    monkeypatch.setenv("VOICEGW_SPOOL_MB", megabytes)
    waiting = spool_folder(str(home / "ledger.db")).path / "7-dead"
    waiting.mkdir(parents=True)
    (waiting / "00000001.spool").write_bytes(bytes(950_000))
    _, shown = examine("--json")
    (told,) = [one for one in json.loads(shown) if one["about"] == "spool"]
    assert told["level"] == level
    assert "0.9 of" in told["what"] or "1.0 of" in told["what"]
    assert str(waiting.parent) in told["what"]
