"""`voicegw seed`: a month that looks like one, in a store of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from voicegateway.core.gateway import Gateway
from voicegateway.core.policies import policies_of
from voicegateway.demo.month.books import records
from voicegateway.demo.month.live import play
from voicegateway.demo.month.store import make_store
from voicegateway.errors import ConfigError
from voicegateway.storage.queries import (
    budget_state,
    costs,
    logs,
    open_reader,
    period_named,
    sessions,
)
from voicegateway.types import Usage

END = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
"""A Friday."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("sample"), rows=6000, end=END)


@pytest.fixture
def reader(store):
    with open_reader(store.ledger) as reader:
        yield reader


def month():
    return period_named("month", "UTC", END)


def voicegw(*arguments, folder, **environment):
    command = [sys.executable, "-c", "from voicegateway.cli import main; main()", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), **environment},
        timeout=120,
    )


def test_the_same_seed_makes_the_same_month():
    assert list(records(2000, END, 1)) == list(records(2000, END, 1))
    assert list(records(2000, END, 1)) != list(records(2000, END, 2))


def test_it_has_about_as_many_rows_as_asked(store):
    assert 5000 < store.rows < 7000


def test_nothing_lies_in_the_future(store):
    with open_reader(store.ledger) as reader:
        newest = logs(reader, limit=1).rows[0]
    assert newest.started_us <= int(END.timestamp() * 1_000_000)


def test_each_kind_of_row_is_there(reader):
    rows = []
    cursor = None
    while not rows or cursor:
        page = logs(reader, limit=1000, cursor=cursor)
        rows += page.rows
        cursor = page.next_cursor
    assert {row.outcome for row in rows} == {"completed", "cancelled", "failed"}
    assert any(row.attempt > 1 for row in rows)
    assert any(row.fallback_from for row in rows)
    assert {row.verdict for row in rows} >= {"confirmed", "cancelled_partial", "usage_missing"}
    assert any(row.cost_nano is None for row in rows)
    assert any("cached_input_tokens" in row.units for row in rows)
    assert all(row.speech_id is None for row in rows if row.leg.modality == "stt")


def test_days_are_busier_than_nights_and_weekends(reader):
    sums = dict.fromkeys(("night", "day", "weekend"), 0)
    for record in records(6000, END, 7):
        at = datetime.fromtimestamp(record.attempt.started_us / 1e6, UTC)
        kind = "weekend" if at.weekday() > 4 else "day" if 8 <= at.hour < 22 else "night"
        sums[kind] += 1
    assert sums["day"] > 4 * sums["night"]
    assert sums["day"] > 4 * sums["weekend"] > 0


def test_one_vendor_was_slow_one_afternoon():
    slow, usual = [], []
    start = datetime(2026, 11, 18, 13, tzinfo=UTC)
    for record in records(20_000, END, 7):
        if record.attempt.provider == "acme" and record.ttfb_ms is not None:
            at = datetime.fromtimestamp(record.attempt.started_us / 1e6, UTC)
            into = slow if start <= at < start + timedelta(hours=3, minutes=30) else usual
            into.append(record.ttfb_ms)
    assert sum(slow) / len(slow) > 2 * sum(usual) / len(usual)


def test_its_configuration_loads_and_its_budgets_fit(store, reader):
    config = Gateway(store.config).config
    spent = {row.key: row.sum.known_nano for row in costs(reader, month()).by_project}
    nearly = config.projects["support"].monthly_budget
    assert nearly is not None
    assert Decimal("0.9") < Decimal(spent["support"]) / 10**9 / nearly < 1
    today = costs(reader, period_named("today", "UTC", END), project="survey").total
    blocked = config.projects["survey"]
    assert blocked.budget_action == "block"
    assert blocked.daily_budget is not None
    assert blocked.daily_budget <= Decimal(today.known_nano) / 10**9


def test_no_key_is_in_it(store):
    assert "key" not in store.config.read_text().split("\n", 3)[3]


def test_each_row_costs_what_the_configuration_says(store):
    overrides = policies_of(Gateway(store.config).config).overrides
    for record in records(1000, END, 7):
        leg, usage = record.attempt, Usage(record.units, record.basis)
        quote = overrides.quote(leg.provider, leg.model, usage, record.terms)
        assert (None if quote is None else quote.amount_usd) == record.quote.amount_usd


def test_a_month_that_ends_at_midnight_has_budgets_too(tmp_path):
    store = make_store(tmp_path, rows=200, end=datetime(2026, 11, 1, tzinfo=UTC))
    assert Gateway(store.config).config.projects["survey"].daily_budget == 0


def test_the_audit_log_tells_who_set_things_up(store, monkeypatch):
    monkeypatch.setenv("VOICEGW_DB_PATH", str(store.ledger))
    manager = Gateway(store.config).config_manager
    assert [entry.action for entry in manager.audit_log()] == ["update", *["create"] * 3]
    assert {one.id for one in manager.list("project") if one.source == "managed"} == {
        "pilot",
        "festival",
    }


@pytest.mark.parametrize("name", ["month.db", "voicegw.yaml"])
def test_it_refuses_a_folder_that_has_a_store(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(ConfigError, match="exists already: name another folder with --folder"):
        make_store(tmp_path, rows=200)
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_the_command_leaves_the_users_store_alone(tmp_path):
    mine = tmp_path / "mine.db"
    done = voicegw("seed", "--rows", "200", folder=tmp_path, VOICEGW_DB_PATH=str(mine))
    assert done.returncode == 0, done.stderr
    assert not mine.exists()
    assert (tmp_path / "voicegw-sample" / "month.db").is_file()
    shown = next(line for line in done.stdout.splitlines() if "voicegw costs" in line)
    assert shown.strip().startswith("env -u VOICEGW_DB_PATH voicegw costs --config ")
    again = voicegw("seed", folder=tmp_path)
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_live_calls_go_on_where_the_month_ends(tmp_path):
    store = make_store(tmp_path, rows=200)
    stop = threading.Event()
    playing = threading.Thread(target=play, args=(store.ledger, stop), kwargs={"seed": 3})
    playing.start()
    try:
        with open_reader(store.ledger) as reader:
            while not any(row.open for row in sessions(reader, limit=20).rows):
                assert playing.is_alive()
            project = next(row.project for row in sessions(reader, limit=20).rows if row.open)
            assert budget_state(reader, project) is not None
    finally:
        stop.set()
        playing.join()
    with open_reader(store.ledger) as reader:
        assert logs(reader, outcome="abandoned").rows
