"""A healthy install is healthy; plugins, keys, models and price lists that are not."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app

pytestmark = pytest.mark.usefixtures("pair")

STACK = "stacks: {mine: {stt: 'ears/tiny:en', llm: cloud/x, tts: cloud/y}}\n"


def test_a_healthy_install_is_healthy():
    shown = CliRunner().invoke(app, ["doctor"])
    assert shown.exit_code == 0, shown.output
    assert "All is well." in shown.output
    assert "model ears/tiny: missing; runs well on two cores" in shown.output


def test_nothing_installed_is_healthy_too(home, examine):
    for path in (home / "site").glob("*.dist-info/entry_points.txt"):
        path.write_text("")
    found, told = examine()
    assert found == []
    assert any(one["about"] == "plugins" for one in told)


def test_what_the_config_asks_for_must_be_there(configure, examine):
    configure(f"providers: {{cloud: {{}}, ears: {{}}}}\n{STACK}")
    key, engine, model = examine()[0]
    assert "CLOUD_API_KEY" in key["what"]
    assert key["fix"].startswith("export CLOUD_API_KEY=")
    assert engine["what"] == "the engine is not here: pip install ears"
    assert (model["about"], model["fix"]) == ("model ears/tiny", "voicegw models fetch ears/tiny")


def test_findings_are_numbered_for_people(configure):
    configure(f"providers: {{cloud: {{}}, ears: {{}}}}\n{STACK}")
    shown = CliRunner().invoke(app, ["doctor"]).output
    assert shown.startswith("1. provider cloud: ")
    assert "\n   Fix: export CLOUD_API_KEY=" in shown
    assert "\n3. model ears/tiny: missing" in shown
    assert shown.endswith("3 findings.\n")


def test_a_key_that_only_one_project_has_is_enough_for_that_project(configure, examine):
    configure("projects: {own: {providers: {cloud: {api_key: a-good-key}}}}")
    assert examine()[0] == []


def test_a_broken_config_is_the_only_finding(configure, examine):
    configure("provders: {}")
    (finding,), _ = examine()
    assert finding["about"] == "config"
    assert "did you mean 'providers'" in finding["what"]


def test_a_provider_that_is_not_installed(configure, examine):
    configure("providers: {absent: {}}")
    found, told = examine()
    assert found == []
    (note,) = [one for one in told if one["about"] == "provider absent"]
    assert note["fix"] == "pip install voicegw-absent"
    configure(f"providers: {{absent: {{}}}}\n{STACK.replace('cloud', 'absent')}")
    assert "provider absent" in {one["about"] for one in examine()[0]}


def test_a_broken_plugin(home, examine):
    (home / "site" / "voicegw_pair_ears.py").write_text("raise RuntimeError('no ears')")
    (finding,), _ = examine()
    assert finding["about"] == "plugin ears"
    assert "no ears" in finding["what"]
    assert "uninstall voicegw-pair" in finding["fix"]


def test_a_plugin_that_hangs(home, examine):
    (home / "site" / "voicegw_pair_ears.py").write_text("import time; time.sleep(600)")
    (finding,), _ = examine("--timeout", "1")
    assert (finding["about"], finding["what"]) == (
        "plugin ears",
        "its import was not done after 1 s",
    )


def test_a_clash(install, configure, examine):
    install("voicegw-rival", ears="")
    (finding,), _ = examine()
    assert finding["about"] == "plugin ears"
    assert "voicegw-pair 1.0" in finding["what"]
    assert finding["fix"].endswith("voicegw-pair or voicegw-rival")
    configure("plugins: {disabled: [voicegw-rival]}")
    assert examine()[0] == []


@pytest.mark.parametrize(("key", "ok"), [("a-good-key", True), ("a-wrong-key", False)])
def test_vendors_are_asked_if_told_to(home, configure, monkeypatch, examine, key, ok):
    monkeypatch.setenv("CLOUD_API_KEY", key)
    configure("providers: {cloud: {}}")
    assert examine()[0] == []
    assert not (home / "asked").exists()
    found, told = examine("--keys")
    assert (home / "asked").exists()
    (said,) = [one for one in told if one["about"] == "provider cloud"]
    assert said["what"] == ("the key is accepted" if ok else "the key is refused")
    assert found == ([] if ok else [said])
    assert key not in str(told)


def test_each_projects_own_key_is_asked_for(configure, examine):
    configure(
        "providers: {cloud: {api_key: a-good-key}}\n"
        "projects: {mine: {providers: {cloud: {api_key: a-wrong-key}}}}"
    )
    (finding,), _ = examine("--keys")
    assert finding["about"] == "provider cloud, project mine"


PRICED = """
from datetime import date
from decimal import Decimal
from voicegateway import hookimpl
from voicegateway.types import ListedRate, Modality, ProviderInfo, Unit

@hookimpl
def provider_info():
    return ProviderInfo("Old", frozenset(Modality), local=True)

@hookimpl
def list_rates():
    for day in (date(2020, 5, 1), date(2026, 1, 1)):
        yield ListedRate("m", Modality.TTS, Unit.CHARACTERS, Decimal(1), Decimal(1000),
                         source="a page", checked_on=day)
"""


def test_a_stale_price_list(install, configure, examine):
    """A finding only where calls may be priced by it."""
    install("voicegw-old", old=PRICED)
    found, told = examine()
    assert found == []
    assert any(one["about"] == "prices of old" for one in told)
    configure("providers: {old: {}}")
    (finding,), _ = examine()
    assert "2020-05-01, more than 90 days ago" in finding["what"]
    assert examine("--price-age", "100000")[0] == []


def test_a_price_list_that_cannot_be_read(install, examine):
    install(
        "voicegw-old", old=PRICED.replace("for day in", "raise OSError('no list')\n    for day in")
    )
    found, told = examine()
    assert found == []
    (note,) = [one for one in told if one["about"] == "prices of old"]
    assert "no list" in note["what"]
