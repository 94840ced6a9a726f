"""The normalised CSV and JSON, and files that are no export: one error that says where."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from bookkeeping import EAR, MODALITY, PARROT, TONE, SilentPlugin, calls

from voicegateway.reconcile.errors import ReconcileError
from voicegateway.types import Unit

HEADER = "model,modality,audio_seconds,input_tokens,cached_input_tokens,output_tokens,characters"


def normalised(made):
    """A row a model, of the whole window."""
    found = []
    for model, modality in MODALITY.items():
        mine = [call for call in made if call.model == model]
        row = {"model": model, "modality": modality.value}
        for unit in mine[0].units:
            if unit.value in HEADER and (unit, model) != (Unit.AUDIO_SECONDS, TONE):
                row[unit.value] = sum(call.units[unit] for call in mine)
        row["cost_usd"] = sum(call.cost_usd for call in mine)
        found.append(row)
    return found


def as_csv(rows):
    columns = [*HEADER.split(","), "cost_usd"]
    lines = [",".join(str(row.get(name, "")) for name in columns) for row in rows]
    return "\n".join([",".join(columns), *lines]) + "\n"


@pytest.fixture
def file(tmp_path):
    def write(content, name="usage.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_csv_in_our_columns(compare, file):
    made = calls()
    found = compare(made, file(as_csv(normalised(made))), plugin=SilentPlugin())
    assert not found.flagged
    assert {row.figures.model for row in found.rows} == {EAR, PARROT, TONE}
    assert found.vendor_total_usd == sum(call.cost_usd for call in made)


def test_json_in_our_columns(compare, file):
    made = calls()
    rows = [
        {k: v if isinstance(v, str) else str(v) for k, v in r.items()} for r in normalised(made)
    ]
    found = compare(made, file(json.dumps(rows), "usage.json"), plugin=SilentPlugin())
    assert not found.flagged
    assert found.vendor_total_usd == sum(call.cost_usd for call in made)


def test_it_is_known_by_its_columns_where_the_plugin_reads_exports_as_well(compare, file):
    made = calls()
    assert not compare(made, file(as_csv(normalised(made)))).flagged


def test_two_rows_of_one_model_are_summed(compare, file):
    made = calls()
    rows = normalised(made)
    halves = [{**row, "cost_usd": row["cost_usd"] / 2} for row in rows for _ in range(2)]
    for half in halves:
        for name, value in half.items():
            if name not in {"model", "modality", "cost_usd"}:
                half[name] = value / 2
    assert not compare(made, file(as_csv(halves)), plugin=SilentPlugin()).flagged


def test_dates_and_every_model_together(compare, file):
    made = calls()
    total = sum(call.cost_usd for call in made)
    text = (
        "start,end,model,modality,cost_usd\n"
        f"2026-11-01,2026-11-04,*,,{total}\n"
        "2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,*,,7\n"
    )
    found = compare(made, file(text), plugin=SilentPlugin())
    assert found.vendor_total_usd == total
    assert not found.flagged
    assert found.notes == ("1 lines lie outside the window and are left out.",)


def test_an_empty_cell_is_not_zero(compare, file):
    made = [call for call in calls() if call.model == EAR]
    cost = sum(call.cost_usd for call in made)
    text = f"model,modality,audio_seconds,cost_usd\n{EAR},stt,,{cost}\n"
    (row,) = compare(made, file(text), plugin=SilentPlugin()).rows
    assert row.figures.vendor is None
    assert not row.flagged


GOOD = "model,modality,characters,cost_usd\ntone-1,tts,10,0.5\n"
DEEP = b"[" * 200_000
BAD = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \n", "is empty"),
    "header alone": (b"model,modality,characters,cost_usd\n", "no line"),
    "unknown columns": (
        b"model,modality,chars,price\ntone-1,tts,10,1\n",
        "unknown columns: 'chars', 'price'",
    ),
    "unknown header": (b"day,spend\n2026-11-01,3\n", "unknown columns: 'day', 'spend'"),
    "truncated": (GOOD.encode() + b"tone-1,tts", "2 cells where the header has 4"),
    "truncated JSON": (b'[{"model": "tone-1", "modality": "tts", "char', "cut short"),
    "formula": (GOOD.encode() + b"=HYPERLINK(1),tts,1,1\n", "formula"),
    "formula for a number": (GOOD.encode() + b"tone-1,tts,=1+1,1\n", "formula"),
    "formula in JSON": (b'[{"model": "@SUM(A1)", "modality": "tts", "cost_usd": 1}]', "formula"),
    "no number": (GOOD.encode() + b"tone-1,tts,ten,1\n", "'ten' is no number"),
    "thousands": (GOOD.encode() + b'tone-1,tts,"1,000",1\n', "is no number"),
    "NaN": (GOOD.encode() + b"tone-1,tts,NaN,1\n", "is no number"),
    "below zero": (GOOD.encode() + b"tone-1,tts,-5,1\n", "below zero"),
    "absurd": (GOOD.encode() + b"tone-1,tts,1e999,1\n", "too large"),
    "nothing to compare": (GOOD.encode() + b"tone-1,tts,,\n", "neither a unit nor cost_usd"),
    "no model": (GOOD.encode() + b",tts,1,1\n", "names no model"),
    "long model": (GOOD.encode() + b"x" * 300 + b",tts,1,1\n", "name of 300 characters"),
    "no modality": (GOOD.encode() + b"tone-1,video,1,1\n", "'video' is no modality"),
    "twice the column": (b"model,modality,characters,characters\na,tts,1,2\n", "columns twice"),
    "Latin-1": (GOOD.encode() + "t\xf6ne,tts,1,1\n".encode("latin-1"), "save it as UTF-8"),
    "UTF-32": (GOOD.encode("utf-32"), "UTF-32"),
    "a zip": (b"PK\x03\x04rest", "archive or a spreadsheet"),
    "binary": (bytes(range(256)), "usage.csv"),
    "deep JSON": (DEEP, "nested too deeply"),
    "long line": (GOOD.encode() + b"x" * 200_000, "longer than"),
    "backwards": (
        b"start,end,model,modality,cost_usd\n2026-11-02,2026-11-01,a,tts,1\n",
        "ends before it starts",
    ),
    "half a date": (
        b"start,model,modality,cost_usd\n2026-11-02,a,tts,1\n",
        "lacks end",
    ),
}


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD)
def test_a_file_that_is_no_export(compare, file, content, said):
    with pytest.raises(ReconcileError) as caught:
        compare(calls(each=1), file(content), plugin=SilentPlugin())
    assert said in str(caught.value)
    assert str(caught.value).startswith("usage.csv")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_file_that_is_not_there(compare, tmp_path):
    with pytest.raises(ReconcileError, match=r"none\.csv: cannot be read"):
        compare(calls(each=1), tmp_path / "none.csv", plugin=SilentPlugin())


def test_a_folder(compare, tmp_path):
    with pytest.raises(ReconcileError, match="cannot be read"):
        compare(calls(each=1), tmp_path, plugin=SilentPlugin())


def test_one_bad_file_among_good_ones_spoils_them_all(compare, file):
    good, bad = file(GOOD), file(GOOD + "tone-1", "bad.csv")
    with pytest.raises(ReconcileError, match=r"bad\.csv"):
        compare(calls(each=1), good, bad, plugin=SilentPlugin())


def test_a_plugins_reader_that_fails_is_one_sentence(compare, file):
    with pytest.raises(ReconcileError, match=r"voicegw-acme 1.0\): JSONDecodeError"):
        compare(calls(each=1), file("no JSON"))


def test_one_empty_page_among_others_is_told(compare, file):
    made = calls()
    found = compare(made, file(as_csv(normalised(made))), file('{"lines": []}', "page-2.json"))
    assert found.notes == ("page-2.json has no line.",)
    assert found.vendor_total_usd > Decimal(0)
