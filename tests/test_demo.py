"""The main job, as its user runs it: `voicegw demo` in a process of its own, on real models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
import wave

import pytest

STACK = ["models", "fetch", "--stack", "local"]


def voicegw(*arguments, folder, timeout=300):
    environment = {**os.environ, "VOICEGW_DB_PATH": str(folder / "ledger.db")}
    environment.pop("VOICEGW_CONFIG", None)
    command = [sys.executable, "-c", "from voicegateway.cli import main; main()", *arguments]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The folder a demo ran in, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    voicegw(*STACK, folder=folder, timeout=1200)
    return folder, voicegw("demo", folder=folder)


@pytest.mark.models
def test_it_hears_answers_and_says_so(demo):
    folder, shown = demo
    assert "capital of France" in shown
    assert "Paris" in shown.split("answered:")[1]
    with wave.open(str(folder / "voicegw-demo-answer.wav")) as answer:
        assert answer.getnframes() / answer.getframerate() > 0.5


@pytest.mark.models
def test_every_leg_is_in_the_ledger(demo):
    folder, _ = demo
    rows = json.loads(voicegw("logs", "--json", "-n", "100", folder=folder))
    assert {row["modality"] for row in rows} == {"stt", "llm", "tts"}
    for row in rows:
        assert row["unit_basis"] in {"reported", "measured", "estimated"}
        assert row["verdict"]
        assert any(float(quantity) > 0 for quantity in row["units"].values()), row
        assert row["price_source"].startswith("self-hosted")
        assert row["error"] is None
    costs = json.loads(voicegw("costs", "--json", folder=folder))
    assert costs["requests"] == len(rows)
    assert costs["unpriced_requests"] == 0
    assert {row["key"] for row in costs["by_modality"]} == {"stt", "llm", "tts"}


@pytest.mark.models
def test_the_interrupted_turn_is_there(demo):
    folder, _ = demo
    cut_off = json.loads(voicegw("logs", "--json", "--status", "cancelled", folder=folder))
    assert {row["modality"] for row in cut_off} >= {"tts"}
    for row in cut_off:
        assert sum(float(quantity) for quantity in row["units"].values()) > 0
        assert row["verdict"] == "cancelled_partial"


@pytest.mark.models
def test_one_session_has_one_receipt(demo):
    folder, shown = demo
    rows = json.loads(voicegw("logs", "--json", folder=folder))
    (session,) = {row["session_id"] for row in rows} - {None}
    receipt = json.loads(voicegw("session", session, "--json", folder=folder))
    assert session in shown
    assert {leg["modality"] for leg in receipt["legs"]} == {"stt", "llm", "tts"}
    assert sum(leg["interruptions"] for leg in receipt["legs"]) >= 1


@pytest.mark.models
def test_an_operators_rate_prices_local_models(demo):
    """What the models cost to run is the operator's to say."""
    folder, _ = demo
    (folder / "voicegw.yaml").write_text(
        "pricing:\n"
        "  overrides:\n"
        "    - match: {provider: piper}\n"
        "      rates: {characters: {usd: 0.01, per: 1000}}\n"
        "      note: our machine\n"
    )
    program = """
import asyncio
from voicegateway import inference

async def speak():
    voice = inference.TTS("piper/en_US-joe-medium", project="priced")
    await voice.synthesize("Ten chars.").collect()
    await voice.aclose()

asyncio.run(speak())
inference.reset_gateway()
"""
    environment = {**os.environ, "VOICEGW_DB_PATH": str(folder / "ledger.db")}
    subprocess.run([sys.executable, "-c", program], check=True, cwd=folder, env=environment)
    (row,) = json.loads(voicegw("logs", "--json", "-p", "priced", folder=folder))
    assert row["units"]["characters"] == "10"
    assert row["cost_usd"] == "0.000100"
    assert row["price_source"] == "operator: our machine"


@pytest.mark.models
def test_the_dashboard_shows_the_call(demo):
    """It serves on the demo's ledger once the receipt is printed, at the address of the call."""
    folder, _ = demo
    command = [sys.executable, "-c", "from voicegateway.cli import main; main()"]
    # A browser that notes where it was sent.
    browser = folder / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > "$0.opened"\n')
    browser.chmod(0o755)
    environment = {
        **os.environ,
        "VOICEGW_DB_PATH": str(folder / "shown.db"),
        "VOICEGW_PORT": "0",
        "BROWSER": f"{browser} %s",
    }
    environment.pop("VOICEGW_CONFIG", None)
    process = subprocess.Popen([*command, "demo", "--dashboard"], cwd=folder, env=environment)
    opened = folder / "browser.opened"
    try:
        until = time.monotonic() + 300
        while not (opened.exists() and opened.read_text()) and process.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.2)
        url, _, session = opened.read_text().strip().partition("/calls/")
        with urllib.request.urlopen(f"{url}/v1/sessions/{session}", timeout=30) as answer:
            assert json.load(answer)["project"] == "demo"
    finally:
        process.terminate()
        process.wait(timeout=60)
