"""A line an attempt, a warning for slow ones, and what the settings turn off."""

from __future__ import annotations

import contextlib
import json
import logging

import pytest
from typer.testing import CliRunner

from voicegateway import inference
from voicegateway.cli.commands import app
from voicegateway.errors import ConfigError
from voicegateway.testing import FakeProvider, ScriptedError, drain, prompt, retries
from voicegateway.testing.bench import plugin_bench

SPOKEN = "my card number is 4111"


async def talk(tmp_path, config="{}", **script):
    with plugin_bench(tmp_path, config) as plugins:
        plugins.install("acme", FakeProvider(llm=script))
        llm = inference.LLM("acme/parrot-1")
        with contextlib.suppress(ScriptedError):
            await drain(llm.chat(chat_ctx=prompt(SPOKEN), conn_options=retries(0)))
        rows = await plugins.rows() if plugins.gateway.storage else []
        answer = CliRunner().invoke(app, ["latency", "--json"]) if rows else None
    return rows, answer


def lines(caplog, name):
    return [record for record in caplog.records if record.name == name]


async def test_an_attempt_is_one_structured_line(tmp_path, caplog):
    caplog.set_level(logging.INFO, "voicegateway.requests")
    (row,), _ = await talk(tmp_path)
    (line,) = lines(caplog, "voicegateway.requests")
    facts = json.loads(line.message)
    assert facts == line.request
    assert facts["id"] == f"{row.call_id}-1"
    assert facts["cost_usd"] == str(row.quote.amount_usd)
    assert facts["units"]["output_tokens"] == "4"
    assert (facts["outcome"], facts["provider"], facts["project"]) == (
        "completed",
        "acme",
        "default",
    )
    assert "4111" not in line.message


async def test_a_failed_one_says_its_error_without_its_text(tmp_path, caplog):
    caplog.set_level(logging.INFO, "voicegateway.requests")
    await talk(tmp_path, fails=1)
    (line,) = lines(caplog, "voicegateway.requests")
    assert json.loads(line.message)["error"] == "ScriptedError"
    assert "boom" not in line.message


async def test_lines_can_be_turned_off(tmp_path, caplog):
    caplog.set_level(logging.INFO, "voicegateway.requests")
    await talk(tmp_path, "observability: {request_logging: false}")
    assert lines(caplog, "voicegateway.requests") == []


async def test_a_slow_call_is_warned_of(tmp_path, caplog):
    await talk(tmp_path, "latency: {ttfb_warning_ms: 20}", first_delay=0.05)
    (line,) = lines(caplog, "voicegateway.latency")
    assert "acme/parrot-1 took" in line.message
    assert "latency.ttfb_warning_ms of 20" in line.message


async def test_times_can_be_kept_out_of_the_ledger(tmp_path, caplog):
    config = "{latency: {ttfb_warning_ms: 1}, observability: {latency_tracking: false}}"
    (row,), answer = await talk(tmp_path, config, first_delay=0.05)
    assert (row.ttfb_ms, row.duration_ms) == (None, 0)
    assert lines(caplog, "voicegateway.latency") == []
    assert json.loads(answer.output)["models"] == []


@pytest.mark.parametrize(
    "config", ["observability: {cost_tracking: false}", "cost_tracking: {enabled: false}"]
)
async def test_either_setting_turns_the_ledger_off(tmp_path, config):
    rows, _ = await talk(tmp_path, config)
    assert rows == []
    assert not (tmp_path / "ledger.db").exists()


async def test_the_percentiles_are_those_of_the_config(tmp_path):
    _, answer = await talk(tmp_path, "latency: {percentiles: [75, 99.9]}")
    (model,) = json.loads(answer.output)["models"]
    assert set(model["duration_ms"]) == {"count", "p75", "p99.9"}


@pytest.mark.parametrize("percentiles", ["[]", "[0]", "[100]", "[50, x]"])
def test_impossible_percentiles_are_refused(tmp_path, percentiles):
    with (
        pytest.raises(ConfigError, match=r"latency\.percentiles"),
        plugin_bench(tmp_path, f"latency: {{percentiles: {percentiles}}}"),
    ):
        pass
