"""`voicegw sessions` and the progress bars, as a user at a terminal has them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed, new_call_id
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WINDOW = ("--start", "2026-11-10", "--end", "2026-11-11")
PROGRAM = "import sys; sys.argv[0] = 'voicegw'; from voicegateway.cli.commands import main; main()"


def ended(session: str, project: str, at: datetime, seconds: int, dollars: str) -> AttemptClosed:
    """One attempt of so long that cost so much."""
    amount = Decimal(dollars)
    line = PriceLine(Unit.CHARACTERS, Decimal(100), Decimal(100), amount, Decimal(100), amount)
    started = (at - EPOCH) // timedelta(microseconds=1)
    about = Attempt(new_call_id(), 1, started, project, session, "acme", "voice", Modality.TTS)
    quote = PriceQuote(amount, (line,), source="acme price list", as_of=date(2026, 11, 1))
    units = {Unit.CHARACTERS: Decimal(100)}
    return AttemptClosed(
        about, "completed", units, "reported", "confirmed", quote, 250.0, seconds * 1000.0
    )


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VOICEGW_CONFIG", raising=False)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "voicegw.db"))
    made = open_ledger(tmp_path / "voicegw.db")
    day = timedelta(days=1)
    for record in (
        ended("long", "sales", NOON, 300, "0.02"),
        ended("dear", "sales", NOON + timedelta(minutes=10), 60, "0.50"),
        ended("late", "sales", NOON + timedelta(minutes=20), 10, "0.01"),
        ended("theirs", "support", NOON, 900, "9.00"),
        ended("before", "sales", NOON - 2 * day, 900, "9.00"),
        ended("after", "sales", NOON + 2 * day, 900, "9.00"),
    ):
        made.append(record)
    assert made.flush(20)
    made.close()
    return tmp_path / "voicegw.db"


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("cost", ["dear", "long", "late"]),
        ("duration", ["long", "dear", "late"]),
        ("started", ["late", "dear", "long"]),
    ],
)
def test_sessions_are_sorted_within_project_and_dates(ledger, sort, order):
    result = CliRunner().invoke(app, ["sessions", "-p", "sales", *WINDOW, "--sort", sort, "--json"])
    assert result.exit_code == 0, result.output
    assert [one["session_id"] for one in json.loads(result.stdout)] == order


def test_the_table_has_the_first_of_the_same_order(ledger):
    arguments = ["sessions", "-p", "sales", *WINDOW, "--sort", "cost", "-n", "2"]
    lines = CliRunner().invoke(app, arguments).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["Session", "dear", "long"]


def at_terminal(*arguments: str) -> str:
    """What a user sees on stderr, which is a terminal; stdout is a pipe."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"}
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # how a terminal of Linux ends
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    process.communicate(timeout=60)
    return seen.decode()


def piped(*arguments: str) -> str:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, capture_output=True, check=False, text=True, timeout=120).stderr


def test_reprice_has_a_bar_at_a_terminal_and_none_in_a_pipe(ledger):
    arguments = ("reprice", *WINDOW, "--dry-run", "--json")
    assert "requests" in at_terminal(*arguments)
    assert piped(*arguments) == ""


SLOW = """
import time
from datetime import UTC, datetime
from decimal import Decimal

from voicegateway import hookimpl
from voicegateway.types import Modality, Unit, UsageLine


@hookimpl
def read_usage_export(source):
    for number in range(2000):
        time.sleep(0.002)
        start, end = datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 12, tzinfo=UTC)
        yield UsageLine(start, end, "voice", Modality.TTS, {Unit.CHARACTERS: Decimal(1)}, None, {})
"""


def test_reconcile_has_a_bar_at_a_terminal_and_none_in_a_pipe(
    ledger, tmp_path, install, monkeypatch
):
    install("voicegw-acme", {"acme": "slow_acme"}, slow_acme=SLOW)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    export = tmp_path / "export.bin"
    export.write_text("theirs")
    arguments = ("reconcile", "--provider", "acme", *WINDOW, "--usage-file", str(export), "--json")
    assert "Reading export.bin" in at_terminal(*arguments)
    assert "Reading" not in piped(*arguments)
