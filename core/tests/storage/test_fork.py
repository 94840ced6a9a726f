"""A forked child has a ledger of its own, and the parent's is as it was."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable

import ledger_kit as kit
import pytest

from voicegateway.storage.queries import logs, open_reader

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


def in_child(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:  # noqa: BLE001 - the child must never go on as a second test run
        traceback.print_exc()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


def succeeded(pid: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_both_write_after_a_fork(ledger, path) -> None:
    ledger.append(kit.closed(kit.attempt(call_id="before")))
    assert ledger.flush(10)
    ledger.append(kit.opened(kit.attempt(call_id="running")))

    def child() -> None:
        stats = ledger.stats()
        assert (stats.appended, stats.queued) == (0, 0)
        for number in range(500):
            ledger.append(kit.closed(kit.attempt(call_id=f"child-{number}")))
        assert ledger.flush(20)
        ledger.close()

    pid = in_child(child)
    for number in range(500):
        ledger.append(kit.closed(kit.attempt(call_id=f"parent-{number}")))
    assert ledger.flush(20)
    assert succeeded(pid)
    kit.check_rollups(path)
    found = dict(kit.rows(path, "SELECT call_id, outcome FROM attempts"))
    assert len(found) == 1001
    # The child neither wrote nor settled what was the parent's.
    assert kit.rows(path, "SELECT call_id FROM open_attempts") == [("running",)]
    assert len(kit.rows(path, "SELECT DISTINCT process_id FROM attempts")) == 2


def test_the_child_outlives_the_parents_ledger(ledger, path) -> None:
    # If the child shared the parent's lock on the file, the parent would take itself for the
    # last user and delete the journal under the child.
    ledger.append(kit.closed())
    assert ledger.flush(10)
    go, told = os.pipe()

    def child() -> None:
        ledger.append(kit.closed(kit.attempt(call_id="child-1")))
        assert ledger.flush(20)
        os.read(go, 1)
        ledger.append(kit.closed(kit.attempt(call_id="child-2")))
        assert ledger.flush(20)

    pid = in_child(child)
    kit.until(lambda: kit.rows(path, "SELECT 1 FROM attempts WHERE call_id = 'child-1'"))
    ledger.close()
    os.write(told, b"x")
    assert succeeded(pid)
    os.close(go)
    os.close(told)
    assert kit.check_rollups(path) == 3
    assert kit.rows(path, "PRAGMA integrity_check") == [("ok",)]


def test_forks_in_the_middle_of_writing(ledger, path) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for record in kit.mixed(50):
                ledger.append(record)
            ledger.flush(10)

    writer = threading.Thread(target=write)
    writer.start()

    def child() -> None:
        ledger.append(kit.closed(kit.attempt(call_id=f"child-{os.getpid()}")))
        assert ledger.flush(20)

    try:
        children = [in_child(child) for _ in range(8)]
        assert all(succeeded(pid) for pid in children)
    finally:
        stop.set()
        writer.join()
    assert ledger.flush(20)
    kit.check_rollups(path)
    children_seen = kit.rows(path, "SELECT COUNT(*) FROM attempts WHERE call_id LIKE 'child-%'")
    assert children_seen == [(8,)]


def test_a_reader_works_on_both_sides(ledger, path) -> None:
    ledger.append(kit.closed())
    assert ledger.flush(10)
    with open_reader(path) as reader:
        assert len(logs(reader).rows) == 1

        def child() -> None:
            assert len(logs(reader).rows) == 1
            reader.close()

        assert succeeded(in_child(child))
        assert len(logs(reader).rows) == 1
