"""Faults made for real: a disk that is full, a disk that became read-only, a clock that jumps."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import ledger_kit as kit
import pytest

from voicegateway.storage.queries import costs, health, logs, open_reader, period_named


@pytest.fixture
def disk(tmp_path: Path):
    """A disk of its own, of four megabytes; `disk("remount,size=64m")` changes it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        pytest.skip("only root may mount a disk")

    def change(options: str) -> Path:
        if options:
            subprocess.run(["mount", "-o", options, folder], check=True)
        return folder

    yield change
    subprocess.run(["umount", "-l", folder], check=False)


def test_a_disk_that_is_full_loses_nothing_once_there_is_room(disk, open_, caplog) -> None:
    path = disk("") / "voicegw.db"
    ledger = open_(path)
    ledger.append(kit.closed())
    assert ledger.flush(10)
    _fill(path.with_name("filler"))
    for record in kit.mixed(20_000):
        ledger.append(record)
    assert not ledger.flush(2)
    assert ledger.stats().lost == 0
    assert _told(caplog) == 1
    disk("remount,size=64m")
    assert ledger.flush(30)
    assert kit.check_rollups(path) == 20_001
    assert ledger.stats().lost == 0


def test_a_disk_that_is_full_is_told_once_while_there_is_nothing_to_write(
    disk, open_, caplog
) -> None:
    path = disk("") / "voicegw.db"
    ledger = open_(path)
    ledger.append(kit.closed())
    assert ledger.flush(10)
    _fill(path.with_name("filler"))
    deadline = time.monotonic() + 10
    while not _told(caplog) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(2)  # in which the lease would be renewed again and again
    assert _told(caplog) == 1
    disk("remount,size=64m")
    ledger.append(kit.closed())
    assert ledger.flush(30)
    assert ledger.stats().lost == 0


def _told(caplog) -> int:
    return sum("(full)" in record.getMessage() for record in caplog.records)


def _fill(path: Path) -> None:
    """Write until there is no room for another byte."""
    filler = os.open(path, os.O_CREAT | os.O_WRONLY)
    with contextlib.suppress(OSError):
        while os.write(filler, bytes(4096)):
            pass
    os.close(filler)


def test_a_disk_that_becomes_read_only(disk, open_, caplog) -> None:
    path = disk("") / "voicegw.db"
    ledger = open_(path)
    ledger.append(kit.closed())
    assert ledger.flush(10)
    ledger.close()
    disk("remount,ro")
    with open_reader(path) as reader:  # what is there can still be read
        assert costs(reader, period_named("today", "UTC")).total.requests == 1
    again = open_(path)
    again.append(kit.closed())
    assert not again.flush(2)
    disk("remount,rw")
    assert again.flush(30)
    assert kit.check_rollups(path) == 2


JUMP = """
import sys, time
sys.path.insert(0, {here!r})
import ledger_kit as kit
from voicegateway.storage.ledger import open_ledger

real, jump = time.time_ns, 0
time.time_ns = lambda: real() + jump
ledger = open_ledger({path!r})
running = kit.attempt()
ledger.append(kit.opened(running))
for index in range(300):
    if index == 100:
        jump = {seconds} * 1_000_000_000
    if index == 200:
        jump = 0
    ledger.append(kit.closed())
    if index % 20 == 0:
        assert ledger.flush(20)
time.sleep(2.5)
ledger.append(kit.closed(running, outcome="completed"))
assert ledger.flush(20)
assert ledger.stats().lost == 0
print("done")
"""


@pytest.mark.parametrize("seconds", [-3600, 3600, -40 * 365 * 86_400])
def test_a_clock_that_jumps(path: Path, seconds: int) -> None:
    """Two processes with their clocks an hour apart: neither takes the other for dead."""
    here = str(Path(__file__).parent)
    programs = [JUMP.format(here=here, path=str(path), seconds=jump) for jump in (seconds, 0)]
    running = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        for program in programs
    ]
    for process in running:
        shown, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        assert "done" in shown
    with open_reader(path) as reader:
        assert health(reader).open == 0
        assert not logs(reader, outcome="abandoned").rows
    assert kit.check_rollups(path) == 602
