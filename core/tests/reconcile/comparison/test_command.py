"""`voicegw reconcile`: the fixed JSON, the table, CSV, and exit codes."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from dataclasses import replace
from decimal import Decimal

import pytest
from bookkeeping import EAR, PARROT, TONE, AcmePlugin, calls, export, provider, write_export
from bookkeeping import write_ledger as write
from typer.testing import CliRunner

from voicegateway.cli.commands import app, main
from voicegateway.core.registry import Registry

WINDOW = ("--provider", "acme", "--start", "2026-11-01", "--end", "2026-11-03")


@pytest.fixture
def books(tmp_path, monkeypatch):
    """A ledger and an export that agree, and the plugin that reads it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VOICEGW_CONFIG", raising=False)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(write(tmp_path / "ledger.db", calls())))
    installed = Registry.get

    def get(self, name):
        return provider(AcmePlugin()) if name == "acme" else installed(self, name)

    monkeypatch.setattr(Registry, "get", get)
    return write_export(tmp_path / "export.json", export(calls()))


@pytest.fixture
def dearer(tmp_path, books):
    """The same, with a vendor that asks twice as much for one model."""
    lines = [
        replace(line, cost=line.cost * 2) if line.model == TONE else line
        for line in export(calls())
    ]
    return write_export(tmp_path / "dearer.json", lines)


def run(file, *more):
    return CliRunner().invoke(app, ["reconcile", *WINDOW, "--usage-file", str(file), *more])


def test_the_json_is_the_fixed_shape(dearer):
    result = run(dearer, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert list(found) == [
        "provider",
        "period",
        "rows",
        "recorded_total_usd",
        "vendor_total_usd",
        "flagged",
    ]
    assert (found["provider"], found["flagged"]) == ("acme", 1)
    assert found["period"] == {
        "start": "2026-11-01T00:00:00.000000Z",
        "end": "2026-11-04T00:00:00.000000Z",
        "timezone": "UTC",
    }
    (row,) = [row for row in found["rows"] if row["flagged"]]
    characters = sum(c.units["characters"] for c in calls() if c.model == TONE)
    assert row == {
        "model": TONE,
        "modality": "tts",
        "unit": "characters",
        "recorded": str(characters),
        "vendor": str(characters),
        "recorded_usd": row["recorded_usd"],
        "vendor_usd": row["vendor_usd"],
        "drift_pct": 100.0,
        "cause": "rate",
        "flagged": True,
    }
    assert Decimal(row["vendor_usd"]) == 2 * Decimal(row["recorded_usd"])
    assert Decimal(found["recorded_total_usd"]) < Decimal(found["vendor_total_usd"])


def test_an_export_that_agrees_exits_0(books):
    result = run(books, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["flagged"] == 0
    assert len(found["rows"]) == 5
    assert {row["flagged"] for row in found["rows"]} == {False}


def test_the_threshold(dearer):
    assert run(dearer, "--threshold", "99.9").exit_code == 1
    assert run(dearer, "--threshold", "100").exit_code == 0
    assert run(dearer, "--threshold", "-1").exit_code == 2


def test_the_table_says_where_to_look(dearer):
    shown = run(dearer).output
    assert "acme: 2026-11-01T00:00:00" in shown
    assert "1 of 5 rows flagged" in shown
    assert "+100.00 %" in shown
    (said,) = [line for line in shown.splitlines() if line.startswith("tone-1 (TTS), characters:")]
    assert "another price" in said
    assert "twice" in said
    assert not [line for line in shown.splitlines() if line.startswith(f"{PARROT} (LLM)")]


def test_csv_for_spreadsheets(dearer):
    result = run(dearer, "--csv")
    assert result.exit_code == 1
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["model"] for row in rows if row["flagged"] == "true"] == [TONE]
    assert len(rows) == 5
    assert rows[0]["model"] == EAR


def test_csv_disarms_formulas(tmp_path, books):
    lines = [replace(line, model="=1+1") for line in export(calls())[:1]]
    rows = list(csv.DictReader(io.StringIO(run(write_export(books, lines), "--csv").stdout)))
    assert "'=1+1" in {row["model"] for row in rows}


def test_several_files_are_summed(tmp_path, books):
    lines = export(calls())
    first = write_export(tmp_path / "1.json", lines[::2])
    second = write_export(tmp_path / "2.json", lines[1::2])
    assert run(first, "--usage-file", str(second)).exit_code == 0
    assert run(first).exit_code == 1


def test_notes_go_beside_the_json(tmp_path, books):
    lines = [line for line in export(calls()) if line.start.day != 2]
    result = run(write_export(tmp_path / "gap.json", lines), "--json")
    json.loads(result.stdout)
    assert "No line speaks of 2026-11-02T00:00Z" in result.stderr


def wrong(monkeypatch, capsys, *arguments):
    """Exit code and what the real entry point says."""
    monkeypatch.setattr("sys.argv", ["voicegw", "reconcile", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    assert said.out == ""
    return left.value.code, said.err


def test_a_bad_file_exits_2_with_one_line_and_writes_nothing(tmp_path, books, monkeypatch, capsys):
    def content():
        connection = sqlite3.connect(tmp_path / "ledger.db")
        dump = list(connection.iterdump())
        connection.close()
        return dump

    before = content()
    bad = tmp_path / "bad.csv"
    bad.write_text("model,modality,chars\na,tts,1\n")
    code, said = wrong(monkeypatch, capsys, *WINDOW, "--usage-file", bad)
    assert code == 2
    assert said.count("\n") == 1
    assert "unknown columns: 'chars'" in said
    assert content() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--start", "2026-11-03", "--end", "2026-11-01"), "must end after it starts"),
        (("--start", "2099-11-01", "--end", "2099-11-02"), "use --force"),
        (("--start", "yesterday", "--end", "2026-11-01"), "is no date"),
        (("--timezone", "Mars/Olympus"), "not a time zone"),
        (("--timezone", "Europe/Berlin"), "lies only partly"),
        (("--provider", "nobody"), "No plugin for provider 'nobody'"),
        (("--json", "--csv"), "one of --json and --csv"),
    ],
)
def test_wrong_use_exits_2(books, monkeypatch, capsys, arguments, said):
    code, shown = wrong(monkeypatch, capsys, *WINDOW, "--usage-file", books, *arguments)
    assert code == 2
    assert said in shown


def test_it_needs_a_file(books, monkeypatch, capsys):
    assert wrong(monkeypatch, capsys, *WINDOW)[0] == 2
