"""A database that cannot be written never breaks a call."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import ledger_kit as kit
import pytest

from voicegateway.errors import LedgerError
from voicegateway.storage.queries import health, open_reader
from voicegateway.storage.sqlite import SqliteEngine


def warnings(caplog) -> list[str]:
    return [
        record.getMessage() for record in caplog.records if record.name == "voicegateway.ledger"
    ]


def test_a_lock_that_is_held_for_long_loses_nothing(ledger, path, caplog) -> None:
    ledger.append(kit.closed())
    assert ledger.flush(10)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    for record in kit.mixed(500):
        ledger.append(record)
    kit.until(lambda: caplog.records)
    lock.execute("ROLLBACK")
    lock.close()
    assert ledger.flush(20)
    assert kit.check_rollups(path) == 501
    assert ledger.stats().lost == 0
    said = warnings(caplog)
    assert len(said) == 2
    assert "(locked)" in said[0]
    assert "again" in said[1]


def test_a_folder_that_cannot_be_made(open_, tmp_path, caplog) -> None:
    (tmp_path / "file").write_text("in the way")
    ledger = open_(tmp_path / "file" / "voicegw.db")
    for _ in range(100):
        ledger.append(kit.closed())
    assert not ledger.flush(0.2)
    ledger.close(timeout=0.2)
    stats = ledger.stats()
    assert (stats.committed, stats.lost, stats.queued) == (0, 100, 0)
    assert "voicegw.db" in (stats.last_error or "")
    said = warnings(caplog)
    assert len(said) == 2
    assert "(unwritable)" in said[0]
    assert "100 records are lost" in said[1]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing stops root")
def test_a_folder_without_write_permission(open_, tmp_path, caplog) -> None:
    tmp_path.chmod(0o500)
    ledger = open_(tmp_path / "voicegw.db")
    ledger.append(kit.closed())
    assert not ledger.flush(0.2)
    assert len(warnings(caplog)) == 1
    tmp_path.chmod(0o700)
    assert ledger.flush(20)


def test_a_folder_that_becomes_writable_later(open_, tmp_path) -> None:
    obstacle = tmp_path / "file"
    obstacle.write_text("in the way")
    ledger = open_(obstacle / "voicegw.db")
    ledger.append(kit.closed())
    assert not ledger.flush(0.1)
    obstacle.unlink()
    assert ledger.flush(20)
    assert kit.check_rollups(obstacle / "voicegw.db") == 1


def test_a_file_that_is_no_database(open_, path, caplog) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this was never a database\n" * 1000)
    ledger = open_(path)
    ledger.append(kit.closed())
    assert not ledger.flush(0.3)
    said = warnings(caplog)
    assert len(said) == 1
    assert "(corrupt)" in said[0]
    assert str(path) in said[0]
    with pytest.raises(LedgerError, match="damaged"):
        open_reader(path)
    assert path.read_bytes().startswith(b"this was never")  # nobody's data was thrown away


def test_pages_that_went_bad_are_a_clear_error_to_readers(ledger, path) -> None:
    for record in kit.mixed(3000):
        ledger.append(record)
    ledger.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(size - 8192))
    with pytest.raises(LedgerError, match="cannot be read"), open_reader(path) as reader:
        health(reader)


def test_a_full_disk(open_, path, monkeypatch, caplog) -> None:
    configure = SqliteEngine._configure
    pages = 60  # the tables fit, and not many rows

    def small(self: SqliteEngine, raw: sqlite3.Connection) -> None:
        configure(self, raw)
        raw.execute(f"PRAGMA max_page_count = {pages}")

    monkeypatch.setattr(SqliteEngine, "_configure", small)
    ledger = open_(path)
    for record in kit.mixed(5000):
        ledger.append(record)
    assert not ledger.flush(1)
    assert "(full)" in warnings(caplog)[0]
    pages = 100_000  # somebody made room
    assert ledger.flush(30)
    assert kit.check_rollups(path) == 5000
    assert ledger.stats().lost == 0


def test_a_queue_that_runs_over_counts_what_it_drops(open_, path, caplog) -> None:
    ledger = open_(path, queue_limit=50)
    ledger.append(kit.closed())
    assert ledger.flush(10)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    ledger.append(kit.closed())
    kit.until(lambda: ledger._tally.in_hand == 1)
    for _ in range(70):
        ledger.append(kit.closed())
    lock.execute("ROLLBACK")
    lock.close()
    assert not ledger.flush(20)
    stats = ledger.stats()
    assert (stats.appended, stats.committed, stats.lost) == (72, 52, 20)
    assert sum("records are lost" in line for line in warnings(caplog)) == 1
    # Another process can see it, if this one lives long enough to say so.
    with open_reader(path) as reader:
        kit.until(lambda: health(reader).lost == 20)


def test_a_ledger_from_the_future(ledger, open_, path, caplog) -> None:
    ledger.append(kit.closed())
    ledger.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    connection.close()
    with pytest.raises(LedgerError, match=r"schema 99 .* knows \d+: upgrade") as refused:
        open_reader(path)
    assert str(path) in str(refused.value)
    newer = open_(path)
    newer.append(kit.closed())
    assert not newer.flush(0.2)
    assert "upgrade voicegw" in warnings(caplog)[0]


def test_no_ledger_is_a_clear_error_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger at"):
        open_reader(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    with pytest.raises(LedgerError, match="holds no ledger"):
        open_reader(tmp_path / "empty.db")
