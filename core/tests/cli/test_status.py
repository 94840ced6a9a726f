"""`voicegw status` on a config with all layers, and on none."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.core.config_manager import ConfigManager

CLOUD = """
from voicegateway import hookimpl
from voicegateway.types import Modality, ProviderInfo

@hookimpl
def provider_info():
    return ProviderInfo("Cloud", frozenset(Modality), key_variable="{variable}")
"""
LOCAL = CLOUD.replace('key_variable="{variable}"', "local=True")


@pytest.fixture
def home(tmp_path, monkeypatch, install):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("VOICEGW_CONFIG", "VOICEGW_HOST", "VOICEGW_PORT", "VOICEGW_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("NORTH_KEY", raising=False)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "ledger.db"))
    install(
        "voicegw-four",
        {"north": "four_north", "south": "four_south", "east": "four_east", "west": "four_west"},
        four_north=CLOUD.format(variable="NORTH_KEY"),
        four_south=CLOUD.format(variable="SOUTH_KEY"),
        four_east=CLOUD.format(variable="EAST_KEY"),
        four_west=LOCAL,
    )
    return tmp_path


def status(*options):
    result = CliRunner().invoke(app, ["status", *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_without_a_config(home):
    told = json.loads(status("--json"))
    assert told["config"]["path"] is None
    assert [one["id"] for one in told["projects"]] == ["default"]
    assert told["server"] == {"host": "127.0.0.1", "port": 8080, "exposed": False, "keys": 0}
    assert told["ledger"]["ok"] is False
    assert "is made when the first call is metered" in told["ledger"]["error"]


def test_every_layer_and_where_keys_are_from(home, monkeypatch):
    monkeypatch.setenv("NORTH_KEY", "canary-of-the-environment")
    (home / "voicegw.yaml").write_text(
        "providers: {east: {api_key: canary-of-the-file}, gone: {}}\n"
        "models: {stt: {ear: {provider: north, model: ear-1}}}\n"
        "stacks: {mine: {stt: ear, llm: north/a, tts: north/b}}\n"
        "projects: {support: {daily_budget: 5.00, budget_action: block}}\n"
        "server: {host: 0.0.0.0, port: 9000}\n"
    )
    manager = ConfigManager()
    manager.create("provider", "south", {"api_key": "canary-of-the-store"}, actor="test")
    manager.create("project", "sales", {}, actor="test")
    monkeypatch.setenv("VOICEGW_API_KEY", "canary-of-the-server-with-32-characters")
    shown = status("--json")
    assert "canary" not in shown
    told = json.loads(shown)
    providers = {one["id"]: one for one in told["providers"]}
    keys = {name: (one["key"], one["key_source"]) for name, one in providers.items()}
    assert {name: keys[name] for name in ("north", "south", "east", "west", "gone")} == {
        "north": ("present", "NORTH_KEY"),
        "south": ("present", "managed"),
        "east": ("present", "yaml"),
        "west": ("not needed", None),
        "gone": (None, None),
    }
    assert providers["gone"]["status"] == "missing"
    assert told["config"]["path"].endswith("voicegw.yaml")
    assert told["config"]["managed"] == 2
    assert set(told["config"]["environment"]) >= {"VOICEGW_DB_PATH", "VOICEGW_API_KEY"}
    assert told["models"] == [
        {"id": "stt/ear", "provider": "north", "model": "ear-1", "source": "yaml"}
    ]
    assert "mine" in [one["id"] for one in told["stacks"]]
    projects = {one["id"]: one for one in told["projects"]}
    assert projects["support"]["daily_budget_usd"] == "5.0"
    assert projects["sales"]["source"] == "managed"
    assert told["server"] == {"host": "0.0.0.0", "port": 9000, "exposed": True, "keys": 1}
    assert told["ledger"]["ok"] is True


def test_a_missing_key(home, monkeypatch):
    monkeypatch.delenv("SOUTH_KEY", raising=False)
    told = json.loads(status("--json"))
    assert {one["id"]: one["key"] for one in told["providers"]}["south"] == "missing"


def test_for_people(home):
    (home / "voicegw.yaml").write_text("providers: {north: {}}")
    shown = status()
    assert "127.0.0.1:8080, this machine alone" in shown
    (line,) = [one for one in shown.splitlines() if one.startswith("north ")]
    assert line.split() == ["north", "available", "1.0", "missing"]


def test_a_ledger_that_is_broken_is_part_of_the_answer(home):
    (home / "ledger.db").write_text("no database " * 100)
    told = json.loads(status("--json"))
    assert told["ledger"]["ok"] is False
    assert "file is not a database" in told["ledger"]["error"]
