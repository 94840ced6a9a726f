"""Files that are no export: spoilt, cut short, wrongly encoded, endless. Each is lines or one
error, and no more of it is in memory than of a good one."""

from __future__ import annotations

import codecs
import copy
import gzip
import io
import json
import sqlite3
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicegateway.authoring import UsageExportError
from voicegateway.core.provider import Provider, load_plugin
from voicegateway.testing.reconciling.calls import START, Call
from voicegateway.testing.reconciling.ledger import Answer, reconciled, write_ledger
from voicegateway.types import Modality, PriceQuote, PriceTerms, Unit, UsageLine

__all__ = ["UsageExportConformance"]

_ANYTHING: Final = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just([]), st.just({})
)
_EXAMPLES: Final = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.differing_executors]
)
_DEEP: Final = 200_000
_LARGE: Final = 10_000_000
_MOST_MEMORY: Final = 8 * 2**20
_LONGEST: Final = 700
"""Characters of one error."""

_CALL: Final = Call(
    number=0,
    at=START,
    model="tone-1",
    modality=Modality.TTS,
    units={Unit.CHARACTERS: Decimal(5)},
    terms=PriceTerms(START),
    quote=PriceQuote(Decimal(1), source="flat"),
)
_NO_EXPORTS: Final[dict[str, bytes]] = {
    "empty": b"",
    "blank": b" \n\r\n\t",
    "a table of something else": b"model,usd\nx,1\n",
    "a header alone": b"model,modality,characters,cost_usd\n",
    "a web page": b"<!doctype html><title>Sign in</title>",
    "a number": b"42",
    "a list of numbers": b"[1, 2, 3]",
    "an error of the vendor": b'{"error": {"message": "no such key"}}',
    "NUL bytes": b"\0" * 4096,
    "NUL bytes in a table": b"model,usd\n\0\0,1\n",
    "bytes of every kind": bytes(range(256)),
    "UTF-16 that is cut": codecs.BOM_UTF16_LE + b"\0",
    "UTF-32": '{"data": []}'.encode("utf-32"),
    "a zip bomb": b"",
    "a gzip bomb": b"",
    "deep lists": b"[" * _DEEP,
    "deep objects": b'{"data":' * _DEEP,
    "deep and closed": b"[" * _DEEP + b"]" * _DEEP,
    "a number of many digits": b'{"data": ' + b"9" * 100_000 + b"}",
    "a long line": b"model," + b"x" * 1_000_000,
    "a formula": b'=HYPERLINK("x"),1\n2,3\n',
}


class UsageExportConformance:
    """Subclass it, name the samples, and let pytest collect it."""

    provider: ClassVar[str]
    """The entry point's name."""
    plugin: ClassVar[object]
    """The module or object with the hook implementations."""
    samples: ClassVar[Path]
    """A folder of good exports, each a JSON document or JSON lines."""

    def test_the_samples_are_good(self) -> None:
        for sample in self._samples():
            assert self._read(sample.read_bytes()), f"{sample.name} has no line"

    @pytest.mark.parametrize("name", list(_NO_EXPORTS))
    def test_what_is_no_export_is_one_error_or_has_no_line(self, name: str) -> None:
        """The command refuses a file without a line."""
        try:
            assert self._read(_no_export(name)) == []
        except UsageExportError as error:
            _check_message(str(error))

    def test_a_sample_that_is_cut_short_is_one_error(self) -> None:
        for sample in self._samples():
            data = sample.read_bytes().rstrip()
            for length in range(1, len(data), max(1, len(data) // 50)):
                if not data[:length].endswith(b"}"):  # a line of JSON lines that is whole
                    with pytest.raises(UsageExportError):
                        self._read(data[:length])

    def test_encodings_with_a_mark_are_read_and_others_are_one_error(self) -> None:
        for sample in self._samples():
            text = sample.read_text(encoding="utf-8")
            plain = self._read(text.encode())
            for encoding in ("utf-8-sig", "utf-16"):
                assert self._read(text.encode(encoding)) == plain
            for wrong in (text.encode("utf-16-le"), text.encode("utf-32"), text.encode("cp500")):
                with pytest.raises(UsageExportError):
                    self._read(wrong)
            with pytest.raises(UsageExportError, match="save it as UTF-8"):
                self._read(text.rstrip().encode() + "\n\xe9".encode("latin-1"))

    def test_a_spoilt_sample_is_lines_or_one_error(self) -> None:
        samples = [_documents(sample) for sample in self._samples()]

        @_EXAMPLES
        @given(st.data())
        def spoilt(data: st.DataObject) -> None:
            documents = copy.deepcopy(data.draw(st.sampled_from(samples)))
            *path, last = data.draw(st.sampled_from(list(_places(documents))))
            inner: Any = documents
            for key in path:
                inner = inner[key]
            inner[last] = data.draw(_ANYTHING)
            try:
                lines = self._read("\n".join(map(json.dumps, documents)).encode())
            except UsageExportError as error:
                _check_message(str(error))
                return
            assert all(n.is_finite() and n for line in lines for n in line.units.values())

        spoilt()

    @pytest.mark.parametrize("unit", [b"1\n", b"1,", b"x", b'{"a":1}\n', b"\0"])
    def test_an_endless_file_is_refused_before_it_fills_the_memory(self, unit: bytes) -> None:
        """A billion rows of one column, a line without an end."""
        endless = _Endless(b"surprise\n" if unit == b"1\n" else b"", unit)
        tracemalloc.start()
        try:
            with pytest.raises(UsageExportError):
                list(self._lines(endless))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < _MOST_MEMORY

    def test_the_command_says_one_sentence_and_writes_nothing(self, tmp_path: Path) -> None:
        ledger = tmp_path / "ledger.db"
        write_ledger(ledger, self.provider, (), _CALL)
        before = _content(ledger)
        for name in _NO_EXPORTS:
            file = tmp_path / "usage.json"
            file.write_bytes(_no_export(name))
            found: Answer = reconciled(self._loaded(), ledger, [file], "--json")
            assert (found.code, found.out) == (2, ""), name
            assert found.err.count("\n") == 1, found.err
            assert found.err.startswith("voicegw: usage.json"), found.err
        assert _content(ledger) == before

    def _samples(self) -> Sequence[Path]:
        found = sorted(path for path in self.samples.iterdir() if path.is_file())
        assert found, f"there is no sample in {self.samples}"
        return found

    def _loaded(self) -> Provider:
        manager = load_plugin(self.provider, self.plugin)
        return Provider(self.provider, f"voicegw-{self.provider}", "0.0.0", manager)

    def _read(self, data: bytes) -> list[UsageLine]:
        return list(self._lines(io.BytesIO(data)))

    def _lines(self, source: Any) -> Iterator[UsageLine]:
        lines = self._loaded().read_usage_export(source)
        assert lines is not None, "implement read_usage_export"
        yield from lines


class _Endless:
    """A gigabyte that nobody has."""

    def __init__(self, head: bytes, unit: bytes) -> None:
        self._rest = head
        self._unit = unit
        self._left = 1 << 30

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "reads the whole file at once"
        assert self._left > 0, "read a gigabyte of it"
        piece, self._rest = self._rest or self._unit * (size // len(self._unit)), b""
        self._left -= len(piece)
        return piece


def _no_export(name: str) -> bytes:
    if name == "a gzip bomb":
        return gzip.compress(b"0" * _LARGE)
    if name == "a zip bomb":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("usage.json", b"0" * _LARGE)
        return packed.getvalue()
    return _NO_EXPORTS[name]


def _check_message(text: str) -> None:
    assert text.isprintable(), f"{text!r} would break a terminal or a log"
    assert len(text) < _LONGEST, text


def _documents(sample: Path) -> list[Any]:
    """Of one JSON document, or of JSON lines."""
    text = sample.read_text(encoding="utf-8")
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def _places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to each value in a document."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from _places(one, (*path, key))


def _content(ledger: Path) -> list[str]:
    connection = sqlite3.connect(ledger)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
