"""`voicegw logs --follow`, as a process of its own that others' rows reach."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed, AttemptOpened, new_call_id
from voicegateway.types import Modality, PriceQuote, Unit

VOICEGW = Path(sys.executable).with_name("voicegw")


def attempt(**changes):
    about = {"project": "support", "provider": "acme", "model": "ear-1", "session_id": "ses_1"}
    about.update(changes)
    now = time.time_ns() // 1000
    return Attempt(call_id=new_call_id(), attempt=1, started_us=now, modality=Modality.STT, **about)


def ended(one, outcome="completed"):
    quote = PriceQuote(Decimal("0.5"), source="list")
    units = {Unit.AUDIO_SECONDS: Decimal(3)}
    return AttemptClosed(one, outcome, units, "reported", "confirmed", quote, 100.0, 900.0)


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VOICEGW_CONFIG", raising=False)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "ledger.db"))
    monkeypatch.chdir(tmp_path)
    rows = open_ledger(tmp_path / "ledger.db")
    rows.append(ended(attempt(model="first")))
    assert rows.flush(10)
    yield rows
    rows.close()


@pytest.fixture
def following(ledger):
    """`following("--json")`: the command; it has printed what was there before."""
    started = []

    def start(*options, before=1):
        process = subprocess.Popen(
            [VOICEGW, "logs", "--follow", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 - it sets a signal and nothing else
        )
        started.append(process)
        return process, [process.stdout.readline() for _ in range(before)]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_rows_come_as_they_begin_and_end(ledger, following):
    process, (first,) = following("--json")
    assert json.loads(first)["model"] == "first"
    call = attempt()
    ledger.append(AttemptOpened(call))
    assert ledger.flush(10)
    opened = json.loads(process.stdout.readline())
    assert (opened["call_id"], opened["outcome"]) == (call.call_id, "open")
    ledger.append(ended(call))
    assert ledger.flush(10)
    closed = json.loads(process.stdout.readline())
    assert (closed["call_id"], closed["outcome"]) == (call.call_id, "completed")
    assert closed["cost_usd"] == "0.500000"


def test_ctrl_c_is_the_way_to_end_it(ledger, following):
    process, _ = following("--json")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")


def _hear_ctrl_c():
    """A shell has what it runs in the background ignore it, and so would all that these start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_only_what_was_asked_for(ledger, following):
    options = ("--project", "sales", "--model", "acme/ear-2", "--status", "failed")
    other = {"project": "sales", "model": "ear-2", "session_id": "ses_2"}
    ledger.append(ended(attempt(**other), "failed"))
    assert ledger.flush(10)
    process, _ = following("--json", *options, "--session", "ses_2")
    for name in other:
        ledger.append(ended(attempt(**{**other, name: getattr(attempt(), name)}), "failed"))
    ledger.append(ended(attempt(**other)))
    ledger.append(ended(right := attempt(**other), "failed"))
    ledger.append(ended(attempt()))
    assert ledger.flush(10)
    assert json.loads(process.stdout.readline())["call_id"] == right.call_id


def test_for_people_there_is_a_table(ledger, following):
    process, (head, first) = following(before=2)
    assert head.split()[:2] == ["Started", "(UTC)"]
    assert "acme/first" in first
    ledger.append(AttemptOpened(attempt()))
    assert ledger.flush(10)
    line = process.stdout.readline()
    assert line.index("acme/ear-1") == head.index("Model") == first.index("acme/first")


def test_each_row_comes_once_while_many_are_written(ledger, following):
    process, _ = following("--json")
    calls = [attempt() for _ in range(1500)]
    for index, call in enumerate(calls):
        ledger.append(ended(call))
        if index % 100 == 0:
            ledger.flush(10)
    assert ledger.flush(10)
    seen = [json.loads(process.stdout.readline())["call_id"] for _ in calls]
    assert sorted(seen) == sorted(call.call_id for call in calls)
