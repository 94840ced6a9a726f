"""The ledger, its writers, and what waits for it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptOpened, new_call_id
from voicegateway.storage.spool.folders import spool_folder
from voicegateway.types import Modality


def opened():
    now = time.time_ns() // 1000
    return AttemptOpened(Attempt(new_call_id(), 1, now, "p", None, "acme", "m", Modality.STT))


@pytest.fixture
def ledger(ledger_path):
    """One that works, with an attempt that runs."""
    rows = open_ledger(ledger_path)
    rows.append(opened())
    assert rows.flush(10)
    yield rows
    rows.close()


def test_one_that_works(ledger, ledger_path, examine):
    found, told = examine()
    assert found == []
    assert f"{ledger_path}, 1 attempts open" in [one["what"] for one in told]


def test_one_that_is_none(ledger_path, examine):
    ledger_path.write_text("not a database, not at all" * 50)
    (finding,), _ = examine()
    assert finding["about"] == "ledger"
    assert "restore a backup" in finding["fix"]


def test_one_of_a_newer_version(ledger, ledger_path, examine):
    with sqlite3.connect(ledger_path) as raw:
        raw.execute("UPDATE meta SET value = '999' WHERE name = 'schema_version'")
    raw.close()
    found, _ = examine()
    assert {one["about"] for one in found} == {"ledger"}
    assert "schema 999" in found[0]["what"]
    assert "upgrade voicegw" in found[0]["fix"]


def test_an_engine_that_is_not_installed(home, monkeypatch, examine):
    monkeypatch.setenv("VOICEGW_DB_PATH", "nowhere://host/ledger")
    found, _ = examine()
    assert "'nowhere'" in found[0]["what"]
    assert "pip install" in found[0]["fix"]


def test_one_that_another_process_holds(ledger, ledger_path, examine):
    holder = sqlite3.connect(ledger_path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        (finding,), _ = examine()
    finally:
        holder.rollback()
        holder.close()
    assert "cannot be written: database is locked" in finding["what"]
    assert "end the process that holds it" in finding["fix"]


@pytest.fixture
def shelf(home, monkeypatch):
    """A home that anybody may enter: pytest's own folders are for one user alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        monkeypatch.chdir(folder)
        monkeypatch.setenv("HOME", name)
        monkeypatch.setenv("VOICEGW_DB_PATH", str(folder / "closed" / "ledger.db"))
        (folder / "closed").mkdir()
        yield folder / "closed"
        (folder / "closed").chmod(0o755)


@contextmanager
def nobody():
    """As somebody who owns nothing here. Whoever runs the tests may be root, whom nothing stops."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_one_that_may_not_be_written(shelf, examine):
    rows = open_ledger(shelf / "ledger.db")
    rows.append(opened())
    rows.close()
    assert examine()[0] == []  # and all is imported: below it may not read Python's own folder
    for file in shelf.iterdir():
        file.chmod(0o444)
    shelf.chmod(0o555)
    with nobody():
        (finding,), _ = examine()
    assert "cannot be written" in finding["what"]
    assert "chmod u+w" in finding["fix"]


def test_one_that_cannot_be_made(shelf, examine):
    assert examine()[0] == []
    shelf.chmod(0o555)
    with nobody():
        (finding,), _ = examine()
    assert "cannot be made" in finding["what"]


def test_rows_that_were_lost(ledger_path, examine):
    rows = open_ledger(ledger_path, queue_limit=5)
    rows.append(opened())
    assert rows.flush(10)
    holder = sqlite3.connect(ledger_path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for _ in range(500):
        rows.append(opened())
    holder.rollback()
    holder.close()
    rows.flush(10)
    lost = rows.stats().lost
    assert lost
    until = time.monotonic() + 20
    while not (found := examine()[0]) and time.monotonic() < until:
        time.sleep(0.1)
    rows.close()
    assert f"process {os.getpid()}" in found[0]["what"]
    assert f"lost {lost} records" in found[0]["what"]
    assert "voicegw reconcile" in found[0]["fix"]


KILLED = """
import sys, time
sys.path[:0] = {path!r}
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptOpened, new_call_id
from voicegateway.types import Modality

rows = open_ledger({ledger!r})
for _ in range(3):
    rows.append(AttemptOpened(Attempt(
        new_call_id(), 1, time.time_ns() // 1000, "p", None, "acme", "m", Modality.STT)))
assert rows.flush(10)
print("written", flush=True)
time.sleep(600)
"""


def test_a_writer_that_died(ledger_path, examine):
    program = KILLED.format(path=sys.path, ledger=str(ledger_path))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"written\n"
        assert examine()[0] == []
        writer.send_signal(signal.SIGKILL)
    (finding,), _ = examine()
    assert f"process {writer.pid} on " in finding["what"]
    assert "left 3 attempts open" in finding["what"]
    rows = open_ledger(ledger_path)  # as its fix says
    rows.start()
    until = time.monotonic() + 20
    while examine()[0] and time.monotonic() < until:
        time.sleep(0.1)
    assert examine()[0] == []
    rows.close()


ENGINE = """
from pathlib import Path
from voicegateway.storage.sqlite import SqliteEngine

class FarAway(SqliteEngine):
    spools = True

def engine(target, *, durability):
    return FarAway(Path(target.partition("://")[2]), durability=durability)
"""


@pytest.fixture
def spool(home, install, monkeypatch):
    """The spool of a ledger whose database may be out of reach."""
    (home / "site" / "far_engine.py").write_text(ENGINE)
    monkeypatch.delitem(sys.modules, "far_engine", raising=False)
    install("voicegw-far", more="[voicegw.storage]\nfar = far_engine:engine\n")
    monkeypatch.setenv("VOICEGW_DB_PATH", f"far://{home}/ledger.db")
    monkeypatch.setenv("VOICEGW_SPOOL_DIR", str(home / "spool"))
    rows = open_ledger(home / "ledger.db")
    rows.start()
    rows.close()
    return spool_folder(str(home / "ledger.db"))


def told_of_spool(told):
    return [one for one in told if one["about"] == "spool"]


def test_what_a_living_process_has_on_its_way_is_a_note(spool, examine):
    owned = spool.claim()
    (owned.path / "00000001.spool").write_bytes(bytes(950_000))
    found, told = examine()
    assert found == []
    (note,) = told_of_spool(told)
    assert "0.9 of 256 MB" in note["what"] or "1.0 of 256 MB" in note["what"]
    assert str(spool.path) in note["what"]
    owned.lock.release()


def test_what_a_dead_process_left_is_a_finding(spool, examine):
    owned = spool.claim()
    (owned.path / "00000001.spool").write_bytes(bytes(950_000))
    owned.lock.release()
    (finding,), _ = examine()
    assert "left by processes that are gone" in finding["what"]


def test_a_spool_that_is_nearly_full_is_a_finding(spool, monkeypatch, examine):
    monkeypatch.setenv("VOICEGW_SPOOL_MB", "1")
    owned = spool.claim()
    (owned.path / "00000001.spool").write_bytes(bytes(950_000))
    (finding,), _ = examine()
    assert "VOICEGW_SPOOL_MB" in finding["fix"]
    owned.lock.release()
