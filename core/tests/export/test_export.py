"""One line a request, exact, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import ledger_kit as kit
import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.errors import LedgerError
from voicegateway.reconcile.exporting import export_costs
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import nano_usd, usd
from voicegateway.storage.queries import between, open_reader
from voicegateway.storage.reads.texts import time_text
from voicegateway.types import PriceQuote, Unit

UNITS = [unit.value for unit in Unit]
COLUMNS = [
    "started_at", "project", "session_id", "modality", "provider", "model", *UNITS,
    "cost_usd", "currency", "price_source", "verdict", "outcome",
]  # fmt: skip
EVER = ("--start", "2000-01-01", "--end", "2100-01-01")


def fill(path, records):
    ledger = open_ledger(path)
    for record in records:
        ledger.append(record)
    assert ledger.flush(60)
    ledger.close()


def ever():
    return between(date(2000, 1, 1), date(2100, 1, 1), "UTC")


def run(*arguments):
    result = CliRunner().invoke(app, ["export-costs", *arguments])
    assert result.exit_code == 0, result.output
    return result


def expected(record):
    """A record as a line has it, amounts as decimals."""
    about, cost = record.attempt, nano_usd(record.quote.amount_usd)
    return {
        "started_at": time_text(about.started_us),
        "project": about.project,
        "session_id": about.session_id or "",
        "modality": about.modality.value,
        "provider": about.provider,
        "model": about.model,
        **{name: record.units.get(Unit(name), "") for name in UNITS},
        "cost_usd": "" if cost is None else usd(cost),
        "currency": "USD",
        "price_source": record.quote.source,
        "verdict": record.verdict,
        "outcome": record.outcome,
    }


def exact(line):
    amounts = {name: line[name] for name in (*UNITS, "cost_usd")}
    return line | {n: Decimal(v) if v not in ("", None) else "" for n, v in amounts.items()}


@pytest.fixture
def records(path):
    """Five thousand ended attempts in the order they started, and one still running."""
    made = kit.mixed(5000, days=10)
    made.sort(key=lambda one: (one.attempt.started_us, one.attempt.call_id))
    ledger = open_ledger(path)
    for record in made:
        ledger.append(record)
    ledger.append(kit.opened(kit.attempt(project="running")))
    assert ledger.flush(60)
    yield made
    ledger.close()


def test_csv_has_every_ended_request_once_and_exactly(records):
    lines = list(csv.DictReader(io.StringIO(run(*EVER).stdout)))
    assert list(lines[0]) == COLUMNS
    assert [exact(line) for line in lines] == [expected(one) for one in records]


def test_json_says_the_same(records, tmp_path):
    run(*EVER, "-f", "json", "-o", str(tmp_path / "x.json"))
    lines = json.loads((tmp_path / "x.json").read_text())
    assert list(lines[0]) == COLUMNS
    assert all(isinstance(v, str | None) for line in lines for v in line.values())
    blank = [{k: "" if v is None else v for k, v in line.items()} for line in lines]
    assert [exact(line) for line in blank] == [expected(one) for one in records]


def test_parquet_keeps_decimals(records, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    run(*EVER, "-f", "parquet", "-o", str(tmp_path / "x.parquet"))
    table = pq.read_table(tmp_path / "x.parquet")
    assert table.column_names == COLUMNS
    assert str(table.schema.field("cost_usd").type) == "decimal128(38, 9)"
    assert str(table.schema.field("audio_seconds").type) == "decimal128(38, 6)"
    lines = table.to_pylist()
    for line in lines:
        line["started_at"] = time_text(kit.us(line["started_at"]))
    blank = [{k: "" if v is None else v for k, v in line.items()} for line in lines]
    assert blank == [expected(one) for one in records]


def test_a_project_and_a_period(records):
    middle = records[2500].attempt.started_us
    moment = datetime.fromtimestamp(middle / 1e6, UTC)
    start = moment.replace(microsecond=0).isoformat()
    lines = list(
        csv.DictReader(
            io.StringIO(run("--start", start, "--end", "2100-01-01", "-p", "support").stdout)
        )
    )
    first = kit.us(datetime.fromisoformat(start))
    wanted = [
        one
        for one in records
        if one.attempt.project == "support" and one.attempt.started_us >= first
    ]
    assert [exact(line) for line in lines] == [expected(one) for one in wanted]
    assert run(*EVER, "-p", "nobody").stdout.count("\n") == 1


def test_nothing_is_an_empty_list(records, tmp_path):
    past = ("--start", "2001-01-01", "--end", "2001-01-02")
    assert json.loads(run(*past, "-f", "json").stdout) == []
    assert run(*past).stdout == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_is_never_a_formula(path, start):
    evil = f"{start}cmd|' /C calc'!A0"
    names = {"project": evil, "session_id": evil, "provider": evil, "model": evil}
    priced = kit.quote((Unit.CHARACTERS, "1", "0.1"), source=evil)
    fill(path, [kit.closed(kit.attempt(**names), quote=priced)])
    (line,) = csv.DictReader(io.StringIO(run(*EVER).stdout, newline=""))
    for name in ("project", "session_id", "provider", "model", "price_source"):
        assert line[name] == f"'{evil}"
    (row,) = json.loads(run(*EVER, "-f", "json").stdout)
    assert row["model"] == evil


def test_odd_names_and_amounts_survive(path):
    names = {"project": 'a,"b"\nc', "model": "模型"}
    tiny = PriceQuote(Decimal("0.000000001"), source="x")
    units = {Unit.CHARACTERS: Decimal("123456789.000001")}
    fill(path, [kit.closed(kit.attempt(**names), quote=tiny, units=units)])
    (line,) = csv.DictReader(io.StringIO(run(*EVER).stdout, newline=""))
    assert (line["project"], line["model"]) == (names["project"], "模型")
    assert (line["cost_usd"], line["characters"]) == ("0.000000001", "123456789.000001")
    pytest.importorskip("pyarrow")
    out = io.BytesIO()
    with open_reader(path) as reader:
        assert export_costs(reader, ever(), out, form="parquet") == 1


def test_a_file_appears_when_it_is_whole(records, path, tmp_path):
    out = tmp_path / "costs.csv"
    out.write_text("the one of yesterday")

    def stop(done):
        assert out.read_text() == "the one of yesterday"
        raise KeyboardInterrupt

    with open_reader(path) as reader:
        with pytest.raises(KeyboardInterrupt):
            export_costs(reader, ever(), out, report=stop)
        assert out.read_text() == "the one of yesterday"
        assert list(tmp_path.glob(".costs*")) == []
        assert export_costs(reader, ever(), out) == 5000
    assert out.read_text().count("\n") == 5001


def test_a_place_that_cannot_be_written(records, path, tmp_path):
    with open_reader(path) as reader, pytest.raises(LedgerError, match="cannot be written"):
        export_costs(reader, ever(), tmp_path / "nowhere" / "x.csv")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--start", "2026-01-01"), "--end"),
        (("--start", "2026-02-01", "--end", "2026-01-01"), "must end after"),
        ((*EVER, "-f", "xml"), "xml"),
        ((*EVER, "-f", "parquet"), "needs a name"),
        ((*EVER, "-o", "/nowhere/at/all.csv"), "cannot be written"),
    ],
)
def test_wrong_use_is_exit_2(records, arguments, said):
    program = "from voicegateway.cli import main; main()"
    command = [sys.executable, "-c", program, "export-costs", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_without_pyarrow_it_says_what_to_install(records, tmp_path):
    program = "import sys; sys.modules['pyarrow'] = None; from voicegateway.cli import main; main()"
    out = tmp_path / "x.parquet"
    command = [sys.executable, "-c", program, "export-costs", *EVER, "-f", "parquet", "-o", out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'voicegw[parquet]'" in done.stderr
    assert not out.exists()


def test_pruned_requests_are_missed_aloud(path, tmp_path):
    from voicegateway.storage.schema import PRUNED_BEFORE, set_meta
    from voicegateway.storage.targets import engine_for

    fill(path, [kit.closed() for _ in range(3)])
    connection = engine_for(path).connect()
    connection.change("DELETE FROM attempts WHERE rowid = 1")
    set_meta(connection, PRUNED_BEFORE, str(kit.now_us()))
    connection.close()
    done = run(*EVER)
    assert done.stdout.count("\n") == 3
    assert "1 requests of this time are no longer kept" in done.stderr


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_memory_is_flat(path, form):
    """Two hundred thousand rows take no more room than a few pages of them."""
    if form == "parquet":
        pytest.importorskip("pyarrow")
    fill(path, kit.mixed(1000, days=1))
    count = 200_000 if form == "csv" else 20_000
    db = sqlite3.connect(path)
    names = [row[1] for row in db.execute("PRAGMA table_info(attempts)")]
    chosen = ", ".join({"call_id": "call_id || '-' || n"}.get(name, name) for name in names)
    db.execute(
        "WITH RECURSIVE c(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c WHERE n + 1 < ?) "
        f"INSERT INTO attempts SELECT {chosen} FROM c CROSS JOIN attempts",
        (count // 1000,),
    )
    db.commit()
    db.close()
    with open_reader(path) as reader, (path.parent / "out").open("wb") as out:
        export_costs(reader, between(date(2001, 1, 1), date(2001, 1, 2), "UTC"), out, form=form)
        tracemalloc.start()
        try:
            assert export_costs(reader, ever(), out, form=form) == count
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < (40_000_000 if form == "parquet" else 8_000_000)
