"""The core alone, in an environment without LiveKit and without a plugin."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest


def voicegw(*arguments, folder):
    command = [sys.executable, "-c", "from voicegateway.cli import main; main()", *arguments]
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=folder
    )


def test_livekit_is_not_here():
    assert importlib.util.find_spec("livekit") is None


def test_commands_work_without_livekit(tmp_path):
    assert voicegw("--help", folder=tmp_path).returncode == 0
    listed = voicegw("plugins", "list", "--json", folder=tmp_path)
    assert (listed.returncode, json.loads(listed.stdout)) == (0, [])
    assert "pip install 'voicegw-local[all]'" in voicegw("models", "list", folder=tmp_path).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["demo"], "pip install 'voicegw-local[all]'"),
        (["costs"], "no ledger"),
        (["init", "--local"], "pip install 'voicegw-local[all]'"),
        (["models", "fetch", "--stack", "local"], "no stack 'local'"),
    ],
)
def test_what_needs_more_says_what_to_install(tmp_path, arguments, said):
    done = voicegw(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_ledger_needs_neither(tmp_path):
    program = """
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptOpened, new_call_id
from voicegateway.types import Modality
ledger = open_ledger("ledger.db")
ledger.append(AttemptOpened(Attempt(new_call_id(), 1, 1, "p", None, "x", "y", Modality.LLM)))
assert ledger.flush(10)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
    assert (tmp_path / "ledger.db").exists()
