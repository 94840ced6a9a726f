"""Reading a vendor's export: what comes out is exact, and what cannot be read is one error."""

from __future__ import annotations

import io
import json
import pickle
import tracemalloc
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicegateway.authoring import (
    EVERY_MODEL,
    Bucket,
    ExportRecord,
    UsageExportError,
    next_page,
    read_pages,
    read_records,
    usage_line,
)
from voicegateway.types import Modality, Unit


def fields(data: bytes) -> list[dict]:
    return [dict(record.fields) for record in read_records(io.BytesIO(data))]


def problem(data: bytes) -> str:
    with pytest.raises(UsageExportError) as caught:
        list(read_records(io.BytesIO(data)))
    return str(caught.value)


def record(**values) -> ExportRecord:
    return ExportRecord(values, "export.json", "document 1")


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}{"a": 2}',
        b'{"a": 1}\n{"a": 2}\n',
        b'[{"a": 1}, {"a": 2}]',
        b' \n[{"a": 1}]\r\n\t{"a": 2}',
        b"\xef\xbb\xbf" + b'{"a": 1}\n{"a": 2}',
        '﻿{"a": 1}{"a": 2}'.encode("utf-16-le"),
        '﻿{"a": 1}{"a": 2}'.encode("utf-16-be"),
    ],
)
def test_one_document_several_and_lines_are_all_objects_in_order(data):
    assert fields(data) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    "data",
    [
        b"model,usd\na,1.10\nb,2\n",
        b"model;usd\r\na;1.10\r\n\r\nb;2",
        b"model\tusd\na\t1.10\nb\t2\n",
        b'"model","usd"\n"a","1.10"\nb,2\n',
    ],
)
def test_csv_has_a_header_and_rows(data):
    assert fields(data) == [{"model": "a", "usd": "1.10"}, {"model": "b", "usd": "2"}]


def test_a_quoted_cell_may_hold_line_ends_and_separators():
    assert fields(b'a,b\n"x\ny,z",1\n') == [{"a": "x\ny,z", "b": "1"}]


def test_numbers_are_as_they_were_printed():
    (row,) = fields(b'{"a": 0.1, "b": 6.1425, "c": 600000, "d": 1e-7, "e": 0.30}')
    assert {name: str(value) for name, value in row.items()} == {
        "a": "0.1",
        "b": "6.1425",
        "c": "600000",
        "d": "1E-7",
        "e": "0.30",
    }


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b'{"a": 1', "cut short"),
        (b'{"a": "x', "cut short"),
        (b'[{"a": 1}, ', "cut short"),
        (b'{"a": 1} {"a"', "document 2: ends in the middle"),
        (b'{"a": 1} x', "document 2: is not JSON"),
        (b'{"a": tru}', "is not JSON"),
        (b'{"a": ?, "b": "' + b"x" * 500 + b'"}', "is not JSON"),
        (b"[1, 2]", "document 1[0]: 1 is no object"),
        (b'{"a": NaN}', "has NaN, which is no number"),
        (b'{"a": -Infinity}', "-Infinity, which is no number"),
        (b'{"a": 1, "b": 2, "a": 3}', "has 'a' twice in one object"),
        (b'{"a": ' + b"9" * 100_000 + b"}", "has a number that is too large"),
        (b'{"a": 1e99999999999999999999}', "has a number that is too large"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b"<!doctype html><p>Sign in", "is a web page"),
        (b"PK\x03\x04....", "is an archive or a spreadsheet"),
        (b"\x1f\x8b\x08....", "is compressed"),
        (b"\xff\xfe\x00\x00{", "is UTF-32"),
        ('{"a": "é"}'.encode("latin-1"), "is not UTF-8 text"),
        (b"\xff\xfe{\x00}", "is not UTF-16-LE text"),
        (b"a,b\n1,2\n3", "line 3: has 1 cells where the header has 2"),
        (b"a,b\n1,2,3\n", "line 2: has 3 cells"),
        (b"a,a\n1,2\n", "line 1: has columns twice: 'a'"),
        (b"a,\n1,2\n", "line 1: has a column without a name"),
        (b'a,b\n"1,2\n', "is not CSV"),
        (b"a,b\n1,=1+1\n", "line 2: column 'b' has a spreadsheet formula, '=1+1'"),
        (b"a,b\n1,@SUM(A1)\n", "a spreadsheet formula"),
        (b"a,b\n1,+cmd|calc\n", "a spreadsheet formula"),
        (b"a,b\n1, -2+3\n", "a spreadsheet formula"),
        (b"a" * 200_000, "line 1: is longer than 131072 characters"),
        (b"a,b\n" + b"1" * 200_000, "line 2: is longer than 131072 characters"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_what_is_no_export_is_one_error_that_says_where(data, says):
    assert says in problem(data)
    assert len(problem(data)) < 400


@pytest.mark.parametrize(
    "value",
    ["x" * 10**6, [[1] * 10**6], {"a": {}}, 10**4000],
    ids=["text", "list", "object", "int"],
)
def test_a_message_has_not_all_of_a_value(value):
    with pytest.raises(UsageExportError) as caught:
        record(day=value).iso_time("day")
    assert len(str(caught.value)) < 200


def test_numbers_below_zero_are_no_formulas():
    assert fields(b"a,b\n-1.5,+2e3\n") == [{"a": "-1.5", "b": "+2e3"}]


def test_an_error_knows_its_file_and_place_and_can_be_pickled(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_bytes(b"a,b\n1\n")
    with pytest.raises(UsageExportError) as caught:
        list(read_records(path))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.file, copy.place) == ("usage.csv", "line 2")
    assert str(copy) == str(caught.value)
    assert str(copy).startswith("usage.csv, line 2: has 1 cells")
    assert isinstance(copy, ValueError)


def test_a_path_that_is_not_there_or_a_folder_is_the_same_error(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UsageExportError, match="cannot be read"):
            list(read_records(path))


def test_a_file_opened_as_text_is_refused():
    with pytest.raises(UsageExportError, match="open it in binary mode"):
        list(read_records(io.StringIO("{}")))  # type: ignore[arg-type]


def test_an_open_file_is_read_from_where_it_stands_and_stays_open(tmp_path):
    path = tmp_path / "usage.json"
    path.write_bytes(b'skipped{"a": 1}')
    with path.open("rb") as file:
        file.seek(7)
        (found,) = read_records(file)
        assert not file.closed
    assert (found.fields, found.file) == ({"a": 1}, "usage.json")


class Trickle(io.RawIOBase):
    """A pipe: hands over one byte at a time."""

    def __init__(self, data: bytes) -> None:
        self.rest = io.BytesIO(data)

    def read(self, size=-1):
        return self.rest.read(1)


def test_a_pipe_that_trickles_is_read_to_its_end():
    data = '\ufeff{"a": "é"}'.encode()
    assert [one.fields for one in read_records(Trickle(data))] == [{"a": "é"}]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_one_error(data):
    try:
        found = fields(data)
    except UsageExportError:
        return
    assert all(isinstance(one, dict) for one in found)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text() | st.none()), min_size=1))
def test_whatever_json_writes_is_read_back(values):
    text = "\n".join(json.dumps(value) for value in values)
    wide = any(
        isinstance(one, int) and abs(one) >= 10**64 for row in values for one in row.values()
    )
    if not wide:
        assert fields(text.encode()) == values


class Endless(io.RawIOBase):
    """What a generator makes, as a file: nothing of it is kept."""

    def __init__(self, chunks):
        self.chunks = iter(chunks)

    def read(self, size=-1):
        return next(self.chunks, b"")


def peak_while_reading(chunks, skipped: int) -> tuple[int, int]:
    """Records, and bytes that were taken at most for those behind the first `skipped`."""
    records = read_records(Endless(chunks))
    count = sum(1 for _ in islice(records, skipped))
    tracemalloc.start()
    try:
        count += sum(1 for _ in records)
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("head", "row"),
    [(b" ", b'{"model": "m", "seconds": 12.5}\n'), (b"model,seconds\n", b"m,12.5\n")],
    ids=["lines", "csv"],
)
def test_a_hundred_thousand_lines_stay_flat_in_memory(head, row):
    count, peak = peak_while_reading([head, *([row * 1_000] * 100)], 80_000)
    assert count == 100_000
    assert peak < 1_000_000, "20,000 records that are kept take ten times as much"


def test_a_document_that_does_not_end_is_refused_before_it_fills_the_memory():
    endless = (b'{"a": "' if not index else b"x" * (1 << 20) for index in range(1_000_000))
    with pytest.raises(UsageExportError, match="larger than 64 MB"):
        list(read_records(Endless(endless)))


def test_a_column_of_a_billion_rows_is_refused_at_its_header():
    rows = (b"surprise\n" + b"1\n" * 1000 for _ in range(1_000_000))
    (first,) = (one for one, _ in zip(read_records(Endless(rows)), range(1), strict=False))
    with pytest.raises(UsageExportError, match="unknown columns: 'surprise'"):
        first.expect({"model"})


# Records ----------------------------------------------------------------------------------------


def test_unknown_columns_are_all_listed_and_missing_ones_too():
    with pytest.raises(UsageExportError, match=r"unknown columns: 'x', 'y'\. Known are a, b, c"):
        record(a=1, x=1, y=2).expect({"a", "b"}, {"c"})
    with pytest.raises(UsageExportError, match="lacks the columns a, b"):
        record(c=1).expect({"a", "b"}, {"c"})
    record(a=1, b=2).expect({"a", "b"}, {"c"})


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, "0"),
        ("12.50", "12.50"),
        (Decimal("0.1"), "0.1"),
        ("1e3", "1E+3"),
        (" 7 ", "7"),
        (None, None),
        ("", None),
    ],
)
def test_numbers_are_exact(value, number):
    found = record(n=value).number("n")
    assert (None if found is None else str(found)) == number


@pytest.mark.parametrize(
    "value",
    [
        True,
        "one",
        "1,5",
        "0x10",
        "1_000",
        "nan",
        "Infinity",
        [],
        {},
        10**19,
        "1e-19",
        "1" * 25,
        Decimal("0." + "9" * 9999),
    ],
)
def test_what_is_no_number_is_an_error_with_its_column(value):
    with pytest.raises(UsageExportError, match=r"export\.json, document 1: n: .* number"):
        record(n=value).number("n")


def test_below_zero_only_where_it_may_be():
    assert record(n="-1").number("n", below_zero=True) == Decimal(-1)
    with pytest.raises(UsageExportError, match="n: -1 is below zero"):
        record(n="-1").number("n")


@pytest.mark.parametrize("value", ["=A1", "@x", "+x", "-x", "a\nb", "\ud800", "\x1b[31m", 5, ["a"]])
def test_words_are_printable_and_no_formulas(value):
    with pytest.raises(UsageExportError, match="w: "):
        record(w=value).word("w")


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T00:00:00Z", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T00:00:00+02:00", datetime(2026, 10, 31, 22, tzinfo=UTC)),
        ("2026-10-31 19:00:00-05:00", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T00:00:00.25Z", datetime(2026, 11, 1, 0, 0, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_moments_are_utc(value, moment):
    found = record(t=value).iso_time("t")
    assert found == moment
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    ["2026-11-01T00:00:00", "01.11.2026", "2026-13-01", "0001-01-01T00:00:00+23:00", "9999-12-31"],
)
def test_a_moment_without_its_zone_or_out_of_this_time_is_an_error(value):
    with pytest.raises(UsageExportError, match=r"t: .* is no moment"):
        record(t=value).iso_time("t")


def test_unix_times_are_whole_seconds_or_milliseconds():
    day = datetime(2026, 11, 1, tzinfo=UTC)
    assert record(t=1793491200).unix_time("t") == day
    assert record(t=1793491200250).unix_time("t", 1000) == day + timedelta(milliseconds=250)
    for wrong in (1793491200000, 5, "soon", Decimal("1793491200.5"), 10**18, None):
        with pytest.raises(UsageExportError, match=r"t"):
            record(t=wrong).unix_time("t")


def test_an_inner_object_knows_its_place():
    page = record(data=[{"results": [{"x": 1}]}])
    (bucket,) = page.records("data")
    (result,) = bucket.records("results")
    assert result.place == "document 1, data[0].results[0]"
    with pytest.raises(UsageExportError, match="data is no list"):
        list(record(data={}).records("data"))
    with pytest.raises(UsageExportError, match=r"data\[0\]: 3 is no object"):
        list(record(data=[3]).records("data"))


# Pages and lines --------------------------------------------------------------------------------


def pages(*documents: dict) -> list[ExportRecord]:
    return list(read_pages(io.BytesIO("".join(map(json.dumps, documents)).encode())))


def test_the_last_of_several_pages_must_be_the_last():
    first, last = {"has_more": True, "next_page": "p2"}, {"has_more": False, "next_page": None}
    assert len(pages(first, last)) == 2
    assert len(pages(last, last)) == 2
    with pytest.raises(UsageExportError, match="document 2: says that the page 'p2' follows"):
        pages(last, first)


def test_a_page_alone_names_the_one_behind_it():
    (page,) = pages({"has_more": True, "next_page": "p2"})
    assert next_page(page) == "p2"
    assert next_page(record(has_more=True)) == "?"
    assert next_page(record(has_more=False, next_page="p2")) is None
    assert next_page(record(next_page="p2")) == "p2"
    with pytest.raises(UsageExportError, match="neither true nor false"):
        next_page(record(has_more="yes"))


def test_a_line_has_our_name_of_the_model_and_keeps_the_vendors():
    bucket = Bucket.of_days(datetime(2026, 11, 1, tzinfo=UTC), 1, "usage")
    line = usage_line(
        record(x=1),
        bucket,
        model="swift-1-2026",
        ledger_model="swift-1",
        modality=Modality.STT,
        units={Unit.AUDIO_SECONDS: Decimal(5), Unit.CHARACTERS: Decimal(0), Unit.CREDITS: None},
    )
    assert (line.model, line.units) == ("swift-1", {Unit.AUDIO_SECONDS: Decimal(5)})
    assert line.end == datetime(2026, 11, 2, tzinfo=UTC)
    assert line.raw == {"x": 1, "report": "usage", "vendor_model": "swift-1-2026"}
    assert line.cost_usd is None


def test_a_line_without_a_model_is_of_every_model():
    bucket = Bucket.at_any_time("credits")
    line = usage_line(
        record(), bucket, model=None, modality=None, units={}, cost_of=Unit.CHARACTERS
    )
    assert line.model == EVERY_MODEL == "*"
    assert line.raw["cost_of"] == "characters"


def test_a_bucket_that_ends_before_it_begins_is_an_error():
    day = datetime(2026, 11, 1, tzinfo=UTC)
    with pytest.raises(UsageExportError, match="before it begins"):
        usage_line(record(), Bucket(day, day, "usage"), model=None, modality=None, units={})
