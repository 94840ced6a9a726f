"""`voicegw` on a real ledger: the fixed JSON, the tables, and what it says of wrong use."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed, AttemptOpened, new_call_id
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit

SESSION = "ses_test"


def closed(started_us, *, modality=Modality.LLM, outcome="completed", amount="0.0049", **more):
    attempt = Attempt(
        call_id=new_call_id(),
        attempt=more.pop("attempt", 1),
        started_us=started_us,
        project=more.pop("project", "support"),
        session_id=more.pop("session_id", SESSION),
        provider="acme",
        model="parrot-2",
        modality=modality,
    )
    quantity = Decimal(10)
    if amount is None:
        quote = PriceQuote(None, confidence="unknown")
    else:
        rate = Decimal(amount) / quantity
        line = PriceLine(Unit.OUTPUT_TOKENS, quantity, quantity, rate, Decimal(1), Decimal(amount))
        quote = PriceQuote(Decimal(amount), (line,), source="list of 2026")
    return AttemptClosed(
        attempt=attempt,
        outcome=outcome,
        units={Unit.OUTPUT_TOKENS: quantity},
        basis="reported",
        verdict="confirmed",
        quote=quote,
        ttfb_ms=120.5,
        duration_ms=900.0,
        speech_id="speech_1",
        **more,
    )


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    """A ledger of five attempts, one of them open and one unpriced."""
    import time

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VOICEGW_CONFIG", raising=False)
    path = tmp_path / "ledger.db"
    monkeypatch.setenv("VOICEGW_DB_PATH", str(path))
    now = time.time_ns() // 1000
    rows = open_ledger(path)
    rows.append(closed(now - 4_000_000))
    rows.append(closed(now - 3_000_000, outcome="cancelled", amount="0.0001"))
    rows.append(closed(now - 2_000_000, amount=None))
    rows.append(closed(now - 1_000_000, project="billing", session_id=None, amount="1.5"))
    running = Attempt(new_call_id(), 1, now, "support", SESSION, "acme", "ear-1", Modality.STT)
    rows.append(AttemptOpened(running))
    assert rows.flush(10)
    yield rows
    rows.close()


@pytest.fixture
def run(ledger):
    def invoke(*arguments):
        result = CliRunner().invoke(app, list(arguments))
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def test_costs_json_is_the_fixed_shape(run):
    costs = json.loads(run("costs", "--json"))
    assert list(costs) == [
        "period",
        "total_usd",
        "requests",
        "unpriced_requests",
        "by_provider",
        "by_model",
        "by_modality",
        "by_project",
        "by_session",
    ]
    assert list(costs["period"]) == ["start", "end", "timezone"]
    assert (costs["total_usd"], costs["requests"], costs["unpriced_requests"]) == (
        "1.505000",
        4,
        1,
    )
    assert costs["by_model"] == [
        {
            "key": "acme/parrot-2",
            "cost_usd": "1.505000",
            "requests": 4,
            "unpriced_requests": 1,
            "units": {"output_tokens": "40"},
        }
    ]
    assert [(row["key"], row["cost_usd"]) for row in costs["by_project"]] == [
        ("billing", "1.500000"),
        ("support", "0.005000"),
    ]


def test_costs_of_a_project_and_of_today(run):
    assert json.loads(run("costs", "--json", "-p", "billing", "--today"))["requests"] == 1
    assert json.loads(run("costs", "--json", "-p", "nobody"))["requests"] == 0
    past = run("costs", "--json", "--start", "2020-01-01", "--end", "2020-02-01")
    assert json.loads(past)["requests"] == 0


def test_costs_for_people_say_what_is_not_known(run):
    shown = run("costs", "--by", "project", "--by", "provider")
    assert "at least $1.50 for 4 requests" in shown
    assert "1 of them have no known price" in shown
    assert "billing" in shown
    assert "Provider" in shown


def test_logs_json_is_the_fixed_shape(run):
    rows = json.loads(run("logs", "--json"))
    assert len(rows) == 5
    assert list(rows[0]) == [
        "id",
        "call_id",
        "attempt",
        "speech_id",
        "started_at",
        "project",
        "session_id",
        "modality",
        "provider",
        "model",
        "outcome",
        "units",
        "unit_basis",
        "verdict",
        "cost_usd",
        "price_source",
        "ttfb_ms",
        "duration_ms",
        "fallback_from",
        "error",
    ]
    assert rows[0]["outcome"] == "open"
    assert rows[2]["cost_usd"] is None
    assert rows[1]["cost_usd"] == "1.500000"
    assert rows[1]["price_source"] == "list of 2026"


def test_logs_filters(run):
    def outcomes(*arguments):
        return [row["outcome"] for row in json.loads(run("logs", "--json", *arguments))]

    assert outcomes("--status", "cancelled") == ["cancelled"]
    assert outcomes("--status", "open") == ["open"]
    assert outcomes("-p", "billing") == ["completed"]
    assert outcomes("-m", "acme/ear-1") == ["open"]
    assert outcomes("--session", SESSION) == ["open", "completed", "cancelled", "completed"]
    assert outcomes("-n", "2") == ["open", "completed"]


def test_logs_for_people(run):
    shown = run("logs")
    assert "unknown" in shown
    assert "$1.50" in shown
    assert "cancelled" in shown


def test_a_sessions_receipt(run):
    receipt = json.loads(run("session", SESSION, "--json"))
    assert (receipt["cost_usd"], receipt["requests"], receipt["open_requests"]) == (
        "0.005000",
        3,
        1,
    )
    (leg,) = receipt["legs"]
    assert (leg["calls"], leg["interruptions"], leg["units"]) == (3, 1, {"output_tokens": "30"})
    shown = run("session", SESSION)
    assert "cost     $0.005000" in shown
    assert "have no known price" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["costs", "--today", "--month"], "one of --today"),
        (["costs", "--start", "2026-01-01"], "go together"),
        (["costs", "--start", "yesterday", "--end", "today"], "is no date"),
        (["costs", "--by", "colour"], "colour"),
        (["logs", "--status", "done"], "is no status"),
        (["logs", "-n", "0"], "-n"),
        (["session", "ses_nobody"], "has no session 'ses_nobody'"),
        (["plugins", "info", "nobody"], "pip install voicegw-nobody"),
        (["models", "path", "nobody/x"], "no local model 'nobody/x'"),
        (["models", "fetch"], "Name a model"),
        (["costs", "-c", "nowhere.yaml"], "does not exist"),
        (["frobnicate"], "No such command"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(ledger, arguments, said):
    command = [sys.executable, "-c", "from voicegateway.cli import main; main()", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_ledger_that_is_not_there_or_not_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    command = [sys.executable, "-c", "from voicegateway.cli import main; main()", "costs"]
    for text, said in ((None, "no ledger at"), ("not a database" * 100, "ledger.db")):
        if text:
            (tmp_path / "ledger.db").write_text(text)
        monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "ledger.db"))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("flags", [[], ["--full"]])
def test_init_writes_a_config_that_loads(run, tmp_path, flags):
    from voicegateway.core.config import load_config

    path = tmp_path / "made" / "voicegw.yaml"
    run("init", "-o", str(path), *flags)
    assert load_config(path).config.default_project == "default"
    assert path.read_text().startswith("# Configuration of VoiceGateway")


def test_init_full_shows_every_section(run, tmp_path):
    from ruamel.yaml import YAML

    from voicegateway.core.schema import GatewayConfig

    run("init", "-o", str(tmp_path / "full.yaml"), "--full")
    written = YAML(typ="safe", pure=True).load((tmp_path / "full.yaml").read_text())
    assert set(written) == set(GatewayConfig.model_fields)


def test_init_asks_before_overwriting(ledger, tmp_path):
    path = tmp_path / "voicegw.yaml"
    path.write_text("default_project: mine\n")
    refused = CliRunner().invoke(app, ["init", "-o", str(path)], input="n\n")
    assert refused.exit_code == 1
    assert path.read_text() == "default_project: mine\n"
    assert CliRunner().invoke(app, ["init", "-o", str(path)], input="y\n").exit_code == 0
    assert "mine" not in path.read_text()


def test_a_pipe_that_closes_early_is_no_error(ledger):
    program = "from voicegateway.cli import main; main()"
    command = f"{sys.executable} -c '{program}' logs --json -n 5 | head -c 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_version(run):
    from voicegateway import __version__

    assert run("--version") == f"voicegw {__version__}\n"
