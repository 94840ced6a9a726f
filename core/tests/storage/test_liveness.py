"""The rows of a process that died are settled once; those of one that lives, never."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from decimal import Decimal

import ledger_kit as kit
import pytest

from voicegateway.storage import host, presence, reaper
from voicegateway.storage.host import Process, is_alive, this_process
from voicegateway.storage.queries import logs, open_reader
from voicegateway.types import Unit

OUTCOMES = "SELECT call_id, outcome, cost_nano, unit_basis FROM attempts ORDER BY call_id"


def open_calls(path) -> list[str]:
    return [row[0] for row in kit.rows(path, "SELECT call_id FROM open_attempts ORDER BY call_id")]


def waiting(path, host_name: str, *calls: str) -> subprocess.Popen[str]:
    process = kit.start("open_and_wait", path, host_name, *calls)
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_killed_process_is_settled_at_once_and_once(open_, path) -> None:
    with waiting(path, "", "a", "b") as process:
        process.kill()
    reapers = [open_(path) for _ in range(2)]
    for one in reapers:
        one.start()
    kit.until(lambda: not open_calls(path))
    # The larger of what it held (1,000) and what it was last seen to cost (5,000).
    assert kit.rows(path, OUTCOMES) == [("a", 4, 1_000, 2), ("b", 4, 5_000, 1)]
    assert kit.check_rollups(path) == 2
    with open_reader(path) as reader:
        newest = logs(reader, outcome="abandoned").rows[0]
    assert (newest.verdict, newest.units) == ("unverifiable", {Unit.OUTPUT_TOKENS: Decimal(1)})


def test_a_process_that_is_stopped_keeps_its_rows(open_, path) -> None:
    with waiting(path, "", "a") as process:
        os.kill(process.pid, signal.SIGSTOP)
        with sqlite3.connect(path) as connection:  # as if for a very long time
            connection.execute("UPDATE processes SET lease_until_us = 1")
        connection.close()
        other = open_(path)
        other.append(kit.closed(kit.attempt(call_id="z")))
        assert other.flush(10)
        time.sleep(1.5)  # one more round of the other's duties
        assert open_calls(path) == ["a"]
        os.kill(process.pid, signal.SIGCONT)
        process.stdin.write("close\n")
        process.stdin.flush()
        assert process.stdout.readline() == "closed\n"
        process.kill()
    assert [row[:2] for row in kit.rows(path, OUTCOMES)] == [("a", 1), ("z", 1)]


def test_on_another_machine_the_lease_decides(open_, path, monkeypatch) -> None:
    with waiting(path, "elsewhere", "a") as process:
        other = open_(path)
        other.start()
        time.sleep(1.5)
        assert open_calls(path) == ["a"]  # it renews
        process.kill()
    with sqlite3.connect(path) as connection:  # a good while later
        connection.execute("UPDATE processes SET lease_until_us = 1 WHERE host = 'elsewhere'")
    connection.close()
    kit.until(lambda: not open_calls(path))
    assert kit.check_rollups(path) == 1


def test_an_expired_lease_is_watched_before_it_is_taken(open_, path, monkeypatch) -> None:
    clock = 1_000.0
    monkeypatch.setattr(reaper.time, "monotonic", lambda: clock)
    now = 50_000_000
    just_out = (now - 1, clock)
    assert not reaper._run_out(just_out, now)
    clock += 5
    assert reaper._run_out(just_out, now)
    assert not reaper._run_out((now + 1, clock - 100), now)  # not out at all
    assert reaper._run_out((now - 60_000_001, clock), now)  # out for so long that none renews


def test_rows_taken_from_a_living_process_are_taken_back(open_, path) -> None:
    with waiting(path, "elsewhere", "a", "b") as process:
        os.kill(process.pid, signal.SIGSTOP)
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE processes SET lease_until_us = 1")
        connection.close()
        other = open_(path)
        other.start()
        kit.until(lambda: not open_calls(path))
        assert kit.check_rollups(path) == 2
        os.kill(process.pid, signal.SIGCONT)
        kit.until(lambda: open_calls(path) == ["a", "b"])
        assert kit.check_rollups(path) == 0  # as if it had never been guessed
        assert kit.rows(path, "SELECT COUNT(*) FROM rollup_days") == [(0,)]
        process.kill()


def test_the_true_close_corrects_a_guess(open_, path) -> None:
    with waiting(path, "", "a", "b") as process:
        process.kill()
    late = open_(path)
    late.start()
    kit.until(lambda: not open_calls(path))
    late.append(kit.closed(kit.attempt(call_id="b"), outcome="cancelled"))
    late.append(kit.closed(kit.attempt(call_id="b"), outcome="failed"))
    assert late.flush(10)
    assert [row[:3] for row in kit.rows(path, OUTCOMES)] == [("a", 4, 1_000), ("b", 2, 1_200_000)]
    assert kit.check_rollups(path) == 2


def test_a_recycled_pid_fools_nobody() -> None:
    me = this_process()
    assert is_alive(me, me) is True
    assert is_alive(Process(me.host, me.pid, "another start"), me) is False
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        alive = Process(me.host, child.pid, host._start_of(child.pid))
        assert is_alive(alive, me) is True
        child.kill()
        child.wait()
    assert is_alive(alive, me) is False
    assert is_alive(Process("elsewhere", me.pid, me.started), me) is None
    assert is_alive(Process(me.host, 10**12, None), me) is False


def test_a_zombie_is_gone() -> None:
    me = this_process()
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as child:
        started = host._start_of(child.pid)
        kit.until(lambda: is_alive(Process(me.host, child.pid, started), me) is False)


def test_without_start_times_a_living_pid_proves_nothing(monkeypatch) -> None:
    monkeypatch.setattr(host, "_start_of", lambda pid: None)
    me = this_process()
    assert is_alive(me, me) is None


@pytest.mark.skipif(sys.platform == "win32", reason="no ps")
def test_start_times_come_from_ps_where_there_is_no_proc(monkeypatch) -> None:
    real = host._start_of(os.getpid())
    monkeypatch.setattr(host.Path, "exists", lambda self: False)
    shown = host._start_of(os.getpid())
    if shown is not None:  # not every machine has ps
        assert shown != real
        assert shown == host._start_of(os.getpid())
    assert host._start_of(2**22 + 1) is None


def test_a_ledger_that_is_closed_settles_what_it_left_open(ledger, path) -> None:
    ledger.append(kit.opened(kit.attempt(call_id="a"), 7))
    assert ledger.flush(10)
    ledger.close()
    assert kit.rows(path, OUTCOMES) == [("a", 4, 7, 2)]
    assert kit.rows(path, "SELECT lease_until_us FROM processes") == [(None,)]
    assert kit.check_rollups(path) == 1


def test_rows_without_any_lease_are_settled_too(open_, path, monkeypatch) -> None:
    with waiting(path, "", "a") as process:
        process.kill()
    with sqlite3.connect(path) as connection:  # as if settled just before its last commit
        connection.execute("UPDATE processes SET lease_until_us = NULL")
    connection.close()
    monkeypatch.setattr(reaper, "LEASE_US", 1_000_000)
    other = open_(path)
    other.start()
    kit.until(lambda: not open_calls(path))
    assert [row[:2] for row in kit.rows(path, OUTCOMES)] == [("a", 4)]
    assert kit.check_rollups(path) == 1


def test_the_lease_is_renewed_while_something_is_open(ledger, path) -> None:
    ledger.append(kit.opened(kit.attempt()))
    assert ledger.flush(10)
    lease = "SELECT lease_until_us FROM processes"
    ((first,),) = kit.rows(path, lease)
    assert first > kit.now_us() + presence.LEASE_US // 2
    kit.until(lambda: kit.rows(path, lease)[0][0] > first)
