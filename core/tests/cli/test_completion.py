"""Shell completion: the scripts of three shells, and what a real bash then offers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptOpened, new_call_id
from voicegateway.types import Modality

VOICEGW = Path(sys.executable).with_name("voicegw")
SHELLS = ("bash", "zsh", "fish")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A config with a project, and a ledger with another one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VOICEGW_CONFIG", raising=False)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "ledger.db"))
    (tmp_path / "voicegw.yaml").write_text("projects: {support: {}, sales: {}}")
    ledger = open_ledger(tmp_path / "ledger.db")
    call = Attempt(new_call_id(), 1, 1_000_000, "survey", "ses_1", "acme", "ear-1", Modality.STT)
    ledger.append(AttemptOpened(call))
    assert ledger.flush(10)
    ledger.close()
    return tmp_path


def run(*arguments, **environment):
    result = subprocess.run(
        [VOICEGW, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
    return result.stdout


NAMED = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
"""Lets a test say which shell it is; else it is the one that started the command."""


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_for_a_shell(home, shell):
    script = run("--show-completion", shell, **NAMED)
    assert "_VOICEGW_COMPLETE" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


@pytest.mark.parametrize("shell", SHELLS)
def test_it_installs_itself_for_a_shell(home, shell):
    told = run("--install-completion", shell, **NAMED)
    path = Path(told.splitlines()[0].rpartition(" installed in ")[2])
    assert path.is_relative_to(home)
    assert "_VOICEGW_COMPLETE" in path.read_text()


OFFERS = [
    ("voicegw cos", {"costs"}),
    ("voicegw costs --project s", {"support", "sales", "survey"}),
    ("voicegw project su", {"support", "survey"}),
    ("voicegw session s", {"ses_1"}),
    ("voicegw latency -m t", {"tts"}),
    ("voicegw costs --by mod", {"model", "modality"}),
]


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@pytest.mark.parametrize(("line", "offered"), OFFERS)
def test_what_bash_offers(home, line, offered):
    """The script that a user would install, in a real bash that presses Tab."""
    script = run("--show-completion", "bash", **NAMED)
    function = script.partition("()")[0].split()[-1]
    words = line.split()
    program = (
        f"export PATH={VOICEGW.parent}:$PATH\n{script}\n"
        f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}\n"
        f'{function} voicegw; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    told = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert set(told.stdout.split()) == offered, told.stderr


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"_VOICEGW_COMPLETE": "complete_zsh"}, {"_TYPER_COMPLETE_ARGS": "voicegw project su"}),
        (
            {"_VOICEGW_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
            {"_TYPER_COMPLETE_ARGS": "voicegw project su"},
        ),
    ],
    ids=["zsh", "fish"],
)
def test_what_the_other_shells_ask_for(home, variables, line):
    told = run(**variables, **line)
    assert "support" in told
    assert "survey" in told
    assert "sales" not in told


def test_without_config_and_ledger_nothing_is_offered_and_nothing_fails(tmp_path):
    told = run(
        _VOICEGW_COMPLETE="complete_bash",
        COMP_WORDS="voicegw project s",
        COMP_CWORD="2",
        HOME=str(tmp_path),
        VOICEGW_DB_PATH=str(tmp_path / "none.db"),
    )
    assert told.split() == []
