"""From nothing to a working provider, as an author does it: `voicegw plugins new`, a wheel, a clean
environment, and a turn of a LiveKit session that is metered and priced."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TURN = """
import asyncio
import json
import sys

sys.path.insert(0, sys.argv[1])  # where the package's own cloud is
from cloud import Cloud
from livekit.agents import Agent, AgentSession, TurnHandlingOptions

from voicegateway import inference
from voicegateway.demo.audio import Loudspeaker
from voicegateway.storage.queries import logs, open_reader, quote_of


async def answer():
    async with Cloud() as cloud:
        account = {"base_url": cloud.url, "api_key": cloud.key}
        model = inference.LLM("acme/parrot-1", project="support", **account)
        voice = inference.TTS("acme/tone-1", voice="nova", project="support", **account)
        session = AgentSession(
            llm=model, tts=voice, vad=None,
            turn_handling=TurnHandlingOptions(turn_detection="manual"),
        )
        session.output.audio = Loudspeaker()
        await session.start(Agent(instructions="Be kind."))
        handle = await session.generate_reply(user_input="hello there")
        said = [item.text_content for item in handle.chat_items]
        await session.aclose()
        await model.aclose()
        await voice.aclose()
        return said


said = asyncio.run(answer())
inference.reset_gateway()
with open_reader("ledger.db") as reader:
    rows = sorted(logs(reader).rows, key=lambda row: row.started_us)
    print(json.dumps({"said": said, "rows": [
        {
            "leg": row.leg.name,
            "project": row.project,
            "in_a_session": row.session_id is not None,
            "outcome": row.outcome,
            "units": {unit.value: str(amount) for unit, amount in row.units.items()},
            "verdict": row.verdict,
            "usd": str(quote_of(row).amount_usd),
            "confidence": quote_of(row).confidence,
        }
        for row in rows
    ]}))
"""


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def author(tmp_path_factory):
    """The author's folder and their environment's Python: the core's wheel is installed, and the
    package that its command wrote, from a wheel too."""
    folder = tmp_path_factory.mktemp("author")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    install = (python, "-m", "pip", "install", "--quiet")
    run(*install, f"{wheel(ROOT / 'core', folder)}[livekit]")
    run(python.parent / "voicegw", "plugins", "new", "acme", cwd=folder)
    run(*install, f"{wheel(folder / 'voicegw-acme', folder)}[test]")
    return folder, python


def wheel(source, folder):
    made = folder / "wheels" / source.name
    run(sys.executable, "-m", "build", "--wheel", "--outdir", made, source)
    return next(made.glob("*.whl"))


@pytest.fixture
def voicegw(author):
    folder, python = author
    environment = {**os.environ, "HOME": str(folder), "VOICEGW_DB_PATH": str(folder / "ledger.db")}
    for name in ("VOICEGW_CONFIG", "ACME_API_KEY", "PYTHONPATH"):
        environment.pop(name, None)

    def command(*arguments):
        return run(python.parent / "voicegw", *arguments, cwd=folder, env=environment)

    return command


def test_it_is_listed_and_described(voicegw):
    (row,) = json.loads(voicegw("plugins", "list", "--json"))
    assert (row["provider"], row["status"]) == ("acme", "available")
    assert (row["distribution"], row["version"]) == ("voicegw-acme", "0.1.0")
    info = json.loads(voicegw("plugins", "info", "acme", "--json"))
    assert info["modalities"] == ["llm", "stt", "tts"]
    assert info["key_variable"] == "ACME_API_KEY"


def test_it_passes_every_check(voicegw):
    (report,) = json.loads(voicegw("plugins", "check", "acme", "--json"))
    assert {one["check"]: one["result"] for one in report["checks"]} == dict.fromkeys(
        (
            "claim",
            "load",
            "imports",
            "output",
            "hooks",
            "info",
            "rates",
            "prices",
            "verdicts",
            "threads",
            "factories",
        ),
        "ok",
    )


def test_its_rates_are_shown(voicegw):
    rates = json.loads(voicegw("prices", "--provider", "acme", "--json"))["rates"]
    assert [(row["model"], row["unit"], row["rate_usd"], row["per"]) for row in rates] == [
        ("swift-1", "audio_seconds", "0.0048", "60"),
        ("parrot-1", "input_tokens", "0.15", "1000000"),
        ("parrot-1", "cached_input_tokens", "0.075", "1000000"),
        ("parrot-1", "output_tokens", "0.60", "1000000"),
        ("tone-1", "characters", "15", "1000000"),
    ]


def test_its_own_tests_pass(author):
    folder, python = author
    shown = run(python, "-m", "pytest", "-q", cwd=folder / "voicegw-acme")
    assert " passed" in shown
    assert "failed" not in shown


def test_it_answers_in_a_session_and_every_leg_is_priced(author, voicegw):
    folder, python = author
    environment = {**os.environ, "HOME": str(folder), "VOICEGW_DB_PATH": str(folder / "ledger.db")}
    environment.pop("VOICEGW_CONFIG", None)
    tests = folder / "voicegw-acme" / "tests"
    shown = run(python, "-c", TURN, tests, cwd=folder, env=environment)
    found = json.loads(shown.splitlines()[-1])
    assert found["said"] == ["Good morning to you."]
    # A token a word: "Be kind." is cached, "hello there" is not, and the answer has four.
    assert found["rows"] == [
        {
            "leg": "acme/parrot-1",
            "project": "support",
            "in_a_session": True,
            "outcome": "completed",
            "units": {"input_tokens": "2", "cached_input_tokens": "2", "output_tokens": "4"},
            "verdict": "confirmed",
            "usd": "0.00000285",
            "confidence": "exact",
        },
        {
            "leg": "acme/tone-1",
            "project": "support",
            "in_a_session": True,
            "outcome": "completed",
            "units": {"characters": "20"},
            "verdict": "confirmed",
            "usd": "0.0003",
            "confidence": "exact",
        },
    ]
    assert json.loads(voicegw("costs", "--json", "-p", "support"))["requests"] == 2
