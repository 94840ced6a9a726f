"""When `append`, `flush` and `close` return, and what is true then."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import ledger_kit as kit
import pytest

from voicegateway.errors import LedgerError
from voicegateway.storage.ledger import open_ledger


def count(path: Path) -> int:
    return kit.rows(path, "SELECT COUNT(*) FROM attempts")[0][0]


def test_opening_touches_nothing(path) -> None:
    ledger = open_ledger(path)
    assert ledger.flush()
    ledger.close()
    assert not path.parent.exists()


def test_what_was_flushed_is_in_the_file(ledger, path) -> None:
    for number in range(1, 4):
        ledger.append(kit.closed())
        assert ledger.flush(10)
        assert count(path) == number


def test_it_becomes_durable_without_being_asked(ledger, path) -> None:
    ledger.append(kit.closed())
    kit.until(lambda: ledger.stats().committed == 1)
    assert count(path) == 1


def test_flushes_from_many_threads_each_wait_for_their_own(ledger, path) -> None:
    def work() -> None:
        for _ in range(20):
            ledger.append(kit.closed())
            assert ledger.flush(20)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(path) == 160
    assert ledger.stats().queued == 0


def test_a_flush_gives_up_in_time(ledger, path) -> None:
    ledger.append(kit.closed())
    assert ledger.flush(10)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    ledger.append(kit.closed())
    assert not ledger.flush(0.05)
    lock.execute("ROLLBACK")
    lock.close()
    assert ledger.flush(20)
    assert count(path) == 2


def test_close_drains_and_may_be_called_again(path) -> None:
    ledger = open_ledger(path)
    for _ in range(2000):
        ledger.append(kit.closed())
    ledger.close()
    ledger.close()
    assert count(path) == 2000
    assert ledger.stats().queued == 0


def test_after_close_records_are_lost_and_counted(path, caplog) -> None:
    ledger = open_ledger(path)
    ledger.close()
    ledger.append(kit.closed())
    ledger.append(kit.closed())
    assert ledger.stats().lost == 2
    assert not ledger.flush(1)
    assert len(caplog.records) == 1


def test_the_end_of_the_interpreter_drains(path) -> None:
    assert kit.run("write_and_exit", path, 3000) == ""
    assert count(path) == 3000


def test_file_and_journals_are_readable_by_their_owner_alone(ledger, path) -> None:
    before = os.umask(0)
    try:
        ledger.append(kit.closed())
        assert ledger.flush(10)
    finally:
        os.umask(before)
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600


def test_a_deleted_file_is_made_anew(ledger, path) -> None:
    ledger.append(kit.closed())
    ledger.append(kit.opened(running := kit.attempt()))
    assert ledger.flush(10)
    for file in path.parent.iterdir():
        file.unlink()

    def there_again() -> bool:
        ledger.append(kit.closed())
        ledger.flush(10)
        return path.exists()

    kit.until(there_again)
    kit.until(lambda: kit.rows(path, "SELECT call_id FROM open_attempts") == [(running.call_id,)])


@pytest.mark.parametrize("target", ["", ":memory:", "sqlite://", "postgresql://u:secret@h/db"])
def test_a_target_that_cannot_be_is_refused_at_once(target: str) -> None:
    with pytest.raises(LedgerError) as refused:
        open_ledger(target)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}", "SQLite:///{}"])
def test_paths_and_urls_name_the_same_file(path, form: str) -> None:
    ledger = open_ledger(form.format(path))
    ledger.append(kit.closed())
    ledger.close()
    assert count(path) == 1


def test_other_urls_go_to_the_engine_factory(path) -> None:
    from voicegateway.storage.sqlite import SqliteEngine

    asked = []

    def factory(target: str, *, durability: str) -> SqliteEngine:
        asked.append((target, durability))
        return SqliteEngine(path, durability=durability)

    ledger = open_ledger("fleet://host/db", durability="power", engine_factory=factory)
    ledger.append(kit.closed())
    ledger.close()
    assert asked == [("fleet://host/db", "power")]
    assert count(path) == 1
