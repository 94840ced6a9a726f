"""Repricing shared among processes: the same quotes, and nothing left behind when one is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import ledger_kit as kit
import pytest

from voicegateway.errors import LedgerError
from voicegateway.pricing.overrides import Overrides, Rate, RateOverride
from voicegateway.reconcile.crew import Crew, crew_for
from voicegateway.reconcile.repricing import reprice
from voicegateway.reconcile.slices import slices_of
from voicegateway.reconcile.tools import tools_of
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import between, open_reader
from voicegateway.types import Modality, PriceTerms, Unit, Usage

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
EVER = between(date(2000, 1, 1), date(2100, 1, 1), "UTC")
ROWS = 5000
THEN = Overrides([RateOverride("acme", {Unit.CHARACTERS: Rate(Decimal("0.03"), Decimal(1000))})])
CONFIG = (
    "pricing:\n  overrides:\n  - match: {provider: acme}\n"
    "    rates: {characters: {usd: 0.05, per: 1000}}\n    note: the contract\n"
)
QUOTES = (
    "SELECT q.call_id, q.attempt, q.batch_id, q.cost_nano, c.content, q.quote "
    "FROM requotes q JOIN rate_cards c ON c.id = q.rate_card_id ORDER BY 1, 2, 3"
)


def own_row(number: int):
    units = {Unit.CHARACTERS: Decimal(number) / 7}
    at = NOON + timedelta(seconds=number)
    asked = PriceTerms(at)
    quote = THEN.quote("acme", "voice", Usage(units), asked)
    about = kit.attempt(
        call_id=f"call{number:05}", started_us=kit.us(at), model="voice", modality=Modality.TTS
    )
    return kit.closed(about, units=units, quote=quote, terms=asked)


@pytest.fixture
def config(tmp_path):
    (tmp_path / "voicegw.yaml").write_text(CONFIG)
    return tmp_path / "voicegw.yaml"


@pytest.fixture
def ledger(path):
    made = open_ledger(path)
    for number in range(ROWS):
        made.append(own_row(number))
    assert made.flush(60)
    made.close()
    return path


def run(ledger, config, crew, **more):
    tools = tools_of(config)
    with open_reader(ledger) as reader:
        return reprice(
            reader, tools.engine, tools.rates, more.pop("period", EVER), colleagues=crew, **more
        )


def test_two_processes_write_what_one_would(ledger, config):
    counts: list[int] = []
    shared = run(ledger, config, Crew(config, 1), report=counts.append).to_json()
    assert shared["changed_requests"] == ROWS
    assert (counts[-1], counts) == (ROWS, sorted(counts))
    quotes = kit.rows(ledger, QUOTES)
    assert kit.rows(ledger, "SELECT finished_us IS NULL FROM requote_batches") == [(0,)]
    with sqlite3.connect(ledger) as db:
        db.execute("DELETE FROM requotes")
        db.execute("DELETE FROM requote_batches")
    db.close()
    alone = run(ledger, config, None).to_json()
    assert {**alone, "batch": 0} == {**shared, "batch": 0}
    assert [(*one[:2], *one[3:]) for one in kit.rows(ledger, QUOTES)] == [
        (*one[:2], *one[3:]) for one in quotes
    ]


def test_together_they_write_nothing_twice(ledger, config):
    run(ledger, config, None)
    again = run(ledger, config, Crew(config, 2)).to_json()
    assert (again["requests"], again["changed_requests"]) == (ROWS, 0)


def test_a_dry_run_of_several_writes_nothing(ledger, config):
    done = run(ledger, config, Crew(config, 1), dry_run=True)
    assert sum(one.changed for one in done.models.values()) == ROWS
    assert kit.rows(ledger, "SELECT * FROM requote_batches") == []


def test_rows_of_a_missing_plugin_are_left_alone_by_all(ledger, tmp_path):
    (tmp_path / "voicegw.yaml").write_text("cost_tracking: {timezone: UTC}\n")
    done = run(ledger, tmp_path / "voicegw.yaml", Crew(tmp_path / "voicegw.yaml", 1))
    assert (done.unanswered, done.models) == ({"acme": ROWS}, {})


def test_a_process_that_is_killed_is_named_and_the_next_run_completes(ledger, config, monkeypatch):
    killed: list[int] = []
    start = subprocess.Popen

    def doomed(*arguments, **more):
        process = start(*arguments, **more)
        killed.append(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        return process

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", doomed)
        with pytest.raises(LedgerError, match=r"ended early \(status -9\).*Run the command again"):
            run(ledger, config, Crew(config, 1))
    assert len(killed) == 1
    before = kit.rows(ledger, "SELECT COUNT(*) FROM requotes")[0][0]
    done = run(ledger, config, None)
    assert sum(one.changed for one in done.models.values()) == ROWS - before
    assert kit.rows(ledger, "SELECT COUNT(*) FROM requotes") == [(ROWS,)]


def test_ctrl_c_leaves_no_process_and_no_thread(ledger, config, monkeypatch):
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def noted(*arguments, **more):
        started.append(start(*arguments, **more))
        return started[-1]

    def stop(done):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", noted)
    with pytest.raises(KeyboardInterrupt):
        run(ledger, config, Crew(config, 2), report=stop)
    assert [process.returncode is not None for process in started] == [True, True]
    assert threading.active_count() == 1


def test_it_ends_when_the_command_has_gone(ledger, config):
    member = "from voicegateway.reconcile.crew_member import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", member], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process.communicate(b'{"config": null, "batch": null, "as_of": null, '
                        b'"project": null, "provider": null}\n', timeout=120)  # fmt: skip
    assert process.returncode == 0


def test_slices_are_the_whole_period_and_overlap_nowhere(ledger):
    with open_reader(ledger) as reader:
        slices = slices_of(reader, EVER)
        none = between(date(1999, 1, 1), date(1999, 2, 1), "UTC")
        assert slices_of(reader, none) == [none]
        moment = datetime(2026, 11, 10, 12, tzinfo=UTC)
        one = between(moment, moment + timedelta(seconds=1), "UTC")
        assert slices_of(reader, one) == [one]
    assert (slices[0].start_us, slices[-1].end_us) == (EVER.start_us, EVER.end_us)
    assert [one.end_us for one in slices[:-1]] == [one.start_us for one in slices[1:]]
    assert len(slices) > 32


def test_few_rows_are_priced_by_one_process(config):
    assert crew_for(config, 1000) is None
