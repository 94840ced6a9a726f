"""The commands of docs/operators/backup.md, run as they stand, while a ledger is written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed, new_call_id
from voicegateway.types import Modality, PriceQuote

PAGE = Path(__file__).parents[3] / "docs" / "operators" / "backup.md"
BLOCKS = dict(re.findall(r"<!-- run: (\w+) -->\n```sh\n(.*?)```", PAGE.read_text(), re.DOTALL))


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run("backup")`: that block of the page, in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VOICEGW_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    places = {
        "LEDGER": str(tmp_path / "ledger.db"),
        "COPY": str(tmp_path / "copy.db"),
        "VOICEGW_DB_PATH": str(tmp_path / "ledger.db"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }

    def shell(name):
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", BLOCKS[name]],
            env={**os.environ, **places},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    return shell


def one():
    now = time.time_ns() // 1000
    attempt = Attempt(new_call_id(), 1, now, "p", "ses_1", "acme", "m", Modality.TTS)
    quote = PriceQuote(Decimal("0.01"), source="list")
    return AttemptClosed(attempt, "completed", {}, "reported", "confirmed", quote, 1.0, 2.0)


def costs(run):
    told = json.loads(run("check"))
    return told["requests"], Decimal(told["total_usd"])


def test_a_copy_made_while_it_is_written_is_whole_and_can_be_put_back(run, tmp_path):
    ledger, stop = open_ledger(tmp_path / "ledger.db"), threading.Event()
    for _ in range(2000):
        ledger.append(one())
    assert ledger.flush(30)

    def write():
        while not stop.is_set():
            ledger.append(one())
            time.sleep(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        run("backup")
    finally:
        stop.set()
        writer.join()
    written = ledger.stats().appended
    ledger.close()
    copied, total = costs(run)
    assert 2000 <= copied <= written
    assert total == copied * Decimal("0.01")  # sums and rows are of one moment
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600

    (tmp_path / "ledger.db").write_bytes(b"ruined" * 1000)
    assert "All is well." in run("restore")
    again = open_ledger(tmp_path / "ledger.db")
    again.append(one())
    assert again.flush(10)
    again.close()
    assert json.loads(run_costs(tmp_path))["requests"] == copied + 1


def run_costs(tmp_path):
    program = Path(sys.executable).with_name("voicegw")
    return subprocess.run(
        [program, "costs", "--json"],
        env={**os.environ, "VOICEGW_DB_PATH": str(tmp_path / "ledger.db")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_copy_never_goes_over_another(run, tmp_path):
    ledger = open_ledger(tmp_path / "ledger.db")
    ledger.append(one())
    assert ledger.flush(10)
    run("backup")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run("backup")
    assert "already exists" in failed.value.stderr
    ledger.close()


def test_a_damaged_copy_is_noticed(run, tmp_path):
    (tmp_path / "copy.db").write_bytes(b"ruined" * 1000)
    with pytest.raises(subprocess.CalledProcessError):
        run("check")
