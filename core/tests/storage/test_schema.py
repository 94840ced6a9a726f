"""The database's shape, and how much room a row takes in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import ledger_kit as kit

import voicegateway.storage.schema as schema_module
from voicegateway.storage import queries
from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import health, open_reader

BUDGET = 500


def test_every_unit_has_a_column_in_every_table_that_sums(ledger, path) -> None:
    ledger.append(kit.closed())
    assert ledger.flush(10)
    for table in ("attempts", "open_attempts", "rollup_days", "rollup_quarters", "rollup_sessions"):
        columns = [row[1] for row in kit.rows(path, f"PRAGMA table_info({table})")]
        assert columns[-len(UNIT_COLUMNS) :] == list(UNIT_COLUMNS), table


def test_migrations_are_plain_sql_for_both_engines() -> None:
    for path in schema_module._MIGRATIONS.values():
        script = re.sub(r"--[^\n]*", "", path.read_text())
        own = r"AUTOINCREMENT|WITHOUT ROWID|SERIAL|PRAGMA|\bBLOB\b"
        assert not re.search(own, script, re.IGNORECASE)
        assert "?" not in script
        assert "%" not in script


def test_a_reader_brings_an_older_ledger_up_to_date(ledger, path, tmp_path, monkeypatch) -> None:
    ledger.append(kit.closed())
    ledger.close()
    script = tmp_path / "9000_notes.sql"
    script.write_text("CREATE TABLE notes (id {identity}); -- a; comment\n")
    monkeypatch.setitem(schema_module._MIGRATIONS, 9000, script)
    with open_reader(path) as reader:
        assert health(reader).schema_version == 9000
    assert kit.rows(path, "SELECT * FROM notes") == []


def test_a_migration_that_fails_leaves_nothing_behind(path, tmp_path, monkeypatch, open_) -> None:
    script = tmp_path / "0002_bad.sql"
    script.write_text("CREATE TABLE notes (name TEXT); NONSENSE;")
    monkeypatch.setitem(schema_module._MIGRATIONS, 2, script)
    broken = open_(path)
    broken.append(kit.closed())
    assert not broken.flush(0.2)
    assert kit.rows(path, "SELECT name FROM sqlite_master") == []
    broken.close(timeout=0.1)


def test_a_row_fits_its_budget(tmp_path) -> None:
    """100,000 attempts of three days, the time for which every rollup is kept."""
    path = tmp_path / "x.db"
    models = kit.mixed(5_000)  # each of them twenty times, as different attempts
    span, begin = 3 * 86_400_000_000, kit.now_us() - 3 * 86_400_000_000
    records = []
    for number in range(100_000):
        model = models[number % 5_000]
        about = replace(
            model.attempt,
            call_id=kit.new_call_id(),
            started_us=begin + span * number // 100_000,
            session_id=f"RM_{number // 60:012x}",
        )
        records.append(replace(model, attempt=about, vendor_request_id=f"req_{number:024x}"))
    ledger = open_ledger(path)
    for begin in range(0, len(records), 5000):
        for record in records[begin : begin + 5000]:
            ledger.append(record)
        assert ledger.flush(60)
    ledger.close()
    ((count,),) = kit.rows(path, "SELECT COUNT(*) FROM attempts")
    assert count == len(records)
    assert path.stat().st_size / count <= BUDGET


def test_everything_public_is_there() -> None:
    for name in queries.__all__:
        assert getattr(queries, name)


def test_times_in_messages_are_utc() -> None:
    assert queries.Period(0, 1, "UTC").to_json()["start"] == "1970-01-01T00:00:00.000000Z"
    assert kit.us(datetime(1970, 1, 1, tzinfo=UTC)) == 0
