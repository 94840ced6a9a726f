"""`voicegw prices` on a price list that is installed, and the operator's own rates beside it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app

TODAY = datetime.now(UTC).date()
PRICED = f"""
from datetime import date
from decimal import Decimal
from voicegateway import hookimpl
from voicegateway.types import ListedRate, Modality, ProviderInfo, Unit

print("noise on standard output")

@hookimpl
def provider_info():
    return ProviderInfo("Acme", frozenset(), key_variable="ACME_API_KEY")

@hookimpl
def list_rates():
    yield ListedRate(
        "swift-1, swift-1-*", Modality.STT, Unit.AUDIO_SECONDS, Decimal("0.0048"), Decimal(60),
        mode="streaming", plan="growth", rule="at least 10", source="price list",
        source_url="https://example.com/pricing", checked_on=date.fromisoformat("{TODAY}"),
    )
    yield ListedRate(
        "tone-1", Modality.TTS, Unit.CHARACTERS, Decimal("15.0"), Decimal(1000000),
        source="an old page", checked_on=date(2020, 1, 31), disputed="two pages disagree",
    )
    yield ListedRate(
        "parrot-1", Modality.LLM, Unit.INPUT_TOKENS, Decimal("1E-7"), Decimal(1), source="hearsay",
    )
"""
LISTLESS = """
from voicegateway import hookimpl
from voicegateway.types import ProviderInfo

@hookimpl
def provider_info():
    return ProviderInfo("Quiet", frozenset(), local=True)
"""
CONFIG = """
pricing:
  overrides:
    - match: {provider: acme, model: "swift-*"}
      rates: {audio_seconds: {usd: 0.0040, per: 60}}
      note: the first one
    - match: {provider: acme, model: "swift-*", mode: batch}
      rates: {audio_seconds: {usd: 0.0035, per: 60}}
      valid_from: 2026-09-01
      note: our contract
"""


@pytest.fixture
def acme(install, tmp_path, monkeypatch):
    """The provider `acme` with three rates, and `quiet` with none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VOICEGW_CONFIG", raising=False)
    install("voicegw-acme", {"acme": "acme_plugin"}, acme_plugin=PRICED)
    install("voicegw-quiet", {"quiet": "quiet_plugin"}, quiet_plugin=LISTLESS)
    return install


def run(*arguments, status=0):
    result = CliRunner().invoke(app, ["prices", *arguments])
    assert result.exit_code == status, result.output
    return result.output


def rates(*arguments, status=0):
    return json.loads(run("--json", *arguments, status=status))["rates"]


def test_a_row_says_all_that_decides_a_price(acme):
    assert rates("--provider", "acme")[0] == {
        "provider": "acme",
        "model": "swift-1, swift-1-*",
        "modality": "stt",
        "unit": "audio_seconds",
        "rate_usd": "0.0048",
        "per": "60",
        "mode": "streaming",
        "plan": "growth",
        "rule": "at least 10",
        "source": "price list",
        "source_url": "https://example.com/pricing",
        "checked_on": str(TODAY),
        "valid_from": None,
        "valid_to": None,
        "disputed": "",
        "override": False,
    }


def test_the_table_shows_rates_as_they_are_printed(acme):
    head, *lines = run("--provider", "acme").splitlines()
    columns = ["Provider", "Model", "Leg", "Unit", "Rate", "Mode/plan", "Rule", "Source", "Checked"]
    assert head.split() == columns
    swift, tone, parrot = lines
    assert "0.0048 / 60  streaming/growth  at least 10" in swift
    assert "15.0 / 1000000  any" in tone
    assert "disputed: two pages disagree" in tone
    assert "0.0000001 / 1" in parrot


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("swift-1", ["swift-1, swift-1-*"]),
        ("swift-1-medical", ["swift-1, swift-1-*"]),
        ("swift-2", []),
        ("*one*", ["tone-1"]),
        ("acme/parrot-1", ["parrot-1"]),
        ("other/parrot-1", []),
    ],
)
def test_a_model_is_found_by_name_or_pattern(acme, asked, found):
    assert [row["model"] for row in rates(asked, "--provider", "acme")] == found


def test_what_is_not_listed_is_unknown_and_not_free(acme):
    assert "no rate for 'swift-9': what it costs is unknown" in run("swift-9")
    assert "lists no rates" in run("--provider", "quiet")


def test_the_operators_rates_come_first_the_last_one_before_the_others(acme, tmp_path):
    (tmp_path / "voicegw.yaml").write_text(CONFIG)
    first, second, third = rates("swift-1", "--provider", "acme")
    assert [(row["source"], row["override"]) for row in (first, second, third)] == [
        ("operator: our contract", True),
        ("operator: the first one", True),
        ("price list", False),
    ]
    assert (first["rate_usd"], first["per"], first["mode"]) == ("0.0035", "60", "batch")
    assert "0.0035 / 60  batch" in run("swift-1")
    assert "from 2026-09-01" in run("swift-1")


def test_stale_rates_are_a_finding(acme, tmp_path):
    (tmp_path / "voicegw.yaml").write_text(CONFIG)
    old = rates("--provider", "acme", "--stale", "60", status=1)
    assert [row["model"] for row in old] == ["tone-1", "parrot-1"]
    assert rates("swift-1", "--stale", "60") == []
    assert "checked within the last 60 days" in run("swift-1", "--stale", "60")


def test_the_day_on_which_a_rate_becomes_stale(acme, install):
    checked = TODAY - timedelta(days=30)
    source = PRICED.replace(f'"{TODAY}"', f'"{checked}"')
    install("voicegw-month", {"month": "month_plugin"}, month_plugin=source)
    arguments = ("swift-1", "--provider", "month", "--stale")
    assert rates(*arguments, "30") == []
    assert len(rates(*arguments, "29", status=1)) == 1


def test_a_plugin_that_fails_is_a_line_at_the_end(acme):
    acme("voicegw-bad", {"bad": "bad_plugin"}, bad_plugin="raise RuntimeError('boom')")
    shown = run().splitlines()
    assert shown[-1].startswith("bad: The plugin of provider 'bad' (voicegw-bad 1.0")
    assert "RuntimeError: boom" in shown[-1]
    assert any("swift-1" in line for line in shown)
    failed = json.loads(run("--json"))["failed"]
    assert [one["provider"] for one in failed] == ["bad"]


def test_a_disabled_plugin_is_not_asked(acme, tmp_path):
    (tmp_path / "voicegw.yaml").write_text("plugins: {disabled: [voicegw-acme]}\n")
    assert [row for row in rates() if row["provider"] == "acme"] == []


def test_a_provider_that_is_not_installed(acme):
    result = CliRunner().invoke(app, ["prices", "--provider", "nobody"])
    assert "pip install voicegw-nobody" in str(result.exception)


def test_info_says_where_prices_come_from(acme):
    result = CliRunner().invoke(app, ["plugins", "info", "acme", "--json"])
    facts = json.loads(result.stdout)
    assert facts["prices"] == [
        f"price list (checked {TODAY})",
        "an old page (checked 2020-01-31)",
        "hearsay (not dated)",
    ]
    shown = CliRunner().invoke(app, ["plugins", "info", "acme"]).output
    assert f"prices         price list (checked {TODAY}), an old page" in shown


def test_rates_of_language_models_need_no_livekit(install, tmp_path, monkeypatch):
    pytest.importorskip("genai_prices", reason="needs voicegw[llm-prices]")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    source = """
from datetime import UTC, datetime
from voicegateway import hookimpl

@hookimpl
def list_rates():
    import sys
    from voicegateway.pricing.llm_prices import listed_rates
    rates = list(listed_rates("openai", ("gpt-4o-mini",), datetime.now(UTC)))
    assert not any(name.split(".")[0] == "livekit" for name in sys.modules)
    return rates
"""
    install("voicegw-tokens", {"tokens": "tokens_plugin"}, tokens_plugin=source)
    listed = rates("--provider", "tokens")
    assert {(row["unit"], row["rate_usd"], row["per"]) for row in listed} >= {
        ("input_tokens", "0.15", "1000000"),
        ("output_tokens", "0.6", "1000000"),
    }
