"""A ledger whose database comes and goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import ledger_kit as kit
import pytest
from spool_kit import away, open_spooling, spooling_engine

from voicegateway.storage.ledger import Ledger
from voicegateway.storage.queries import logs, open_reader
from voicegateway.testing import LedgerConformance, LedgerPlace


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "spool"
    monkeypatch.setenv("VOICEGW_SPOOL_DIR", str(folder))
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "db").mkdir()
    return tmp_path / "db" / "fleet.db"


@pytest.fixture
def start(path: Path) -> Iterator[Callable[..., Ledger]]:
    opened: list[Ledger] = []

    def opening(**options: object) -> Ledger:
        opened.append(open_spooling(path, **options))
        return opened[-1]

    yield opening
    for ledger in opened:
        ledger.close(timeout=1)


def left(spool: Path) -> list[Path]:
    return [file for file in spool.rglob("*.spool") if file.stat().st_size > 40]


def test_away_at_the_start(start, path, spool, caplog) -> None:
    away(path).touch()
    ledger = start()
    records = kit.mixed(300)
    for record in records:
        ledger.append(record)
    assert ledger.flush(20)  # on the disk
    stats = ledger.stats()
    assert (stats.committed, stats.queued, stats.spooled, stats.lost) == (0, 300, 300, 0)
    assert left(spool)
    assert not path.exists()
    away(path).unlink()
    kit.until(lambda: ledger.stats().committed == 300)
    assert kit.check_rollups(path) == 300
    said = [one.getMessage() for one in caplog.records]
    assert len(said) == 2
    assert "wait on this machine's disk" in said[0]
    assert "being written again; 0 records were lost" in said[1]
    ledger.close()
    assert not left(spool)


def test_away_in_the_middle_and_written_once_in_order(start, path) -> None:
    ledger = start()
    about = [kit.attempt(call_id=f"call-{index:03d}") for index in range(100)]
    for one in about[:50]:
        ledger.append(kit.opened(one))
    assert ledger.flush(20)
    away(path).touch()
    for one in about:
        ledger.append(kit.closed(one, outcome="completed"))
        ledger.append(kit.closed(one, outcome="failed"))  # too late
    assert ledger.flush(20)
    away(path).unlink()
    kit.until(lambda: ledger.stats().committed == 250)
    assert kit.check_rollups(path) == 100
    assert kit.rows(path, "SELECT DISTINCT outcome FROM attempts") == [(1,)]


def test_a_killed_process_is_written_by_the_next(start, path, spool) -> None:
    away(path).touch()
    programs = [kit.start("spool", path, seed, 40) for seed in (1, 2)]
    for program in programs:
        assert program.stdout.readline() == "True\n"
        program.kill()
        program.communicate()
    assert len(left(spool)) == 2
    away(path).unlink()
    ledger = start()
    ledger.start()
    kit.until(lambda: not left(spool))
    assert kit.check_rollups(path) == 80
    with open_reader(path) as reader:
        outcomes = [row.outcome for row in logs(reader, limit=100).rows]
    assert outcomes.count("abandoned") == 40  # opened, and not heard of again
    assert "open" not in outcomes
    assert ledger.stats().committed == 0  # not its own


def test_a_killed_process_that_had_written_most_of_it(start, path, spool) -> None:
    program = kit.start("spool", path, 1, 40)
    assert program.stdout.readline() == "True\n"
    program.kill()
    program.communicate()
    assert left(spool)  # its segment was not worn yet
    ledger = start()
    for record in kit.mixed(10, seed=9):
        ledger.append(record)
    assert ledger.flush(20)
    kit.until(lambda: not [one for one in left(spool) if f"{program.pid}-" in str(one)])
    kit.until(lambda: kit.rows(path, "SELECT COUNT(*) FROM open_attempts") == [(0,)])
    assert kit.check_rollups(path) == 50


def test_closed_while_away_waits_for_the_next(start, path, spool, caplog) -> None:
    away(path).touch()
    ledger = start()
    for record in kit.mixed(30):
        ledger.append(record)
    began = time.monotonic()
    ledger.close(timeout=60)
    assert time.monotonic() - began < 50  # it does not wait for what may never come
    assert ledger.stats().lost == 0
    assert ledger.flush(1)
    assert "30 records wait on this machine's disk" in caplog.text
    away(path).unlink()
    start().start()
    kit.until(lambda: not left(spool))
    assert kit.check_rollups(path) == 30


def test_a_spool_that_is_full_holds_memory_and_then_loses(start, path, monkeypatch, caplog) -> None:
    monkeypatch.setenv("VOICEGW_SPOOL_MB", "0.02")
    away(path).touch()
    ledger = start(queue_limit=200)
    records = kit.mixed(5000)
    for record in records:
        ledger.append(record)
        if len(ledger._queue) > 150:
            time.sleep(0.001)
    kit.until(lambda: ledger.stats().queued > 1000)
    stats = ledger.stats()
    assert stats.lost > 0
    assert stats.lost + stats.queued == 5000
    assert 0 < stats.spooled < 1000
    assert not ledger.flush(0.2)
    assert sum("records are lost" in one.getMessage() for one in caplog.records) == 1
    assert sum("cannot take records" in one.getMessage() for one in caplog.records) == 1
    away(path).unlink()
    kit.until(lambda: ledger.stats().queued == 0)
    assert kit.check_rollups(path) == 5000 - stats.lost
    ledger.append(kit.closed())
    assert ledger.flush(20)


def test_a_spool_that_cannot_be_made_leaves_memory(start, path, spool, caplog) -> None:
    spool.write_text("in the way")
    ledger = start()
    for record in kit.mixed(50):
        ledger.append(record)
    assert ledger.flush(20)
    assert kit.check_rollups(path) == 50
    away(path).touch()
    for record in kit.mixed(50, seed=2):
        ledger.append(record)
    assert not ledger.flush(0.2)
    ledger.close(timeout=0.2)
    assert ledger.stats().lost == 50
    assert "50 records are lost" in caplog.text


def test_what_is_no_record_is_lost_alone(start, path) -> None:
    ledger = start()
    for record in (kit.closed(), None, kit.closed()):
        ledger.append(record)
    assert not ledger.flush(20)
    assert kit.check_rollups(path) == 2
    assert (ledger.stats().committed, ledger.stats().lost) == (2, 1)


def test_a_fork_leaves_the_parents_spool_alone(start, path, spool) -> None:
    import os

    away(path).touch()
    ledger = start()
    for record in kit.mixed(20):
        ledger.append(record)
    assert ledger.flush(20)
    pid = os.fork()
    if pid == 0:
        ledger.append(kit.closed())
        os._exit(0 if ledger.flush(20) else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert len(left(spool)) == 2
    away(path).unlink()
    kit.until(lambda: ledger.stats().committed == 20)
    kit.until(lambda: kit.rows(path, "SELECT COUNT(*) FROM attempts") == [(21,)])
    assert kit.check_rollups(path) == 21


class TestSpoolingSqlite(LedgerConformance):
    """The spool changes nothing that a ledger promises."""

    @pytest.fixture
    def place(self, path: Path) -> LedgerPlace:
        return LedgerPlace(f"spooling://{path}", spooling_engine)

    @pytest.fixture(autouse=True)
    def importable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHONPATH", str(kit.HERE))
