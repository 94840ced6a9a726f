"""The ledger as a file, one line a request: CSV, JSON, or Parquet.

Rows are read and written a page at a time: memory stays the same however many there are. A file
appears under its name only when it is complete.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Literal

from voicegateway.errors import LedgerError
from voicegateway.reconcile import columns
from voicegateway.storage.queries import Period, Reader
from voicegateway.storage.reads.exports import ExportRow, export_rows

__all__ = ["ExportFormat", "export_costs"]

ExportFormat = Literal["csv", "json", "parquet"]
Report = Callable[[int], None]
"""Told how many rows are written."""

_EVERY: Final = 2000


def export_costs(
    reader: Reader,
    period: Period,
    out: Path | IO[bytes],
    *,
    project: str | None = None,
    form: ExportFormat = "csv",
    report: Report | None = None,
) -> int:
    """Writes every ended attempt of a period to a path or an open binary file; returns how many.

    Raises `LedgerError` if the ledger cannot be read, if the file cannot be written (nothing is
    left of it then, and what had its name before is as it was), or, for Parquet, if pyarrow is
    not installed."""
    counted = _Counted(export_rows(reader, period, project=project), report)
    write = _writer(form)
    if isinstance(out, Path):
        with _appearing(out) as file:
            write(counted, file)
    else:
        write(counted, out)
    return counted.count


class _Counted:
    """The rows on their way."""

    def __init__(self, rows: Iterable[ExportRow], report: Report | None) -> None:
        self.count = 0
        self._rows = rows
        self._report = report

    def __iter__(self) -> Iterator[ExportRow]:
        for row in self._rows:
            yield row
            self.count += 1
            if self._report is not None and not self.count % _EVERY:
                self._report(self.count)
        if self._report is not None:
            self._report(self.count)


def _writer(form: ExportFormat) -> Callable[[Iterable[ExportRow], IO[bytes]], None]:
    if form == "csv":
        return columns.write_csv
    if form == "json":
        return columns.write_json
    try:
        from voicegateway.reconcile.parquet import write_parquet  # pyarrow: 200 ms, and optional
    except ImportError as error:
        raise LedgerError(
            "Parquet files need pyarrow: pip install 'voicegw[parquet]', or choose csv or json."
        ) from error
    return write_parquet


@contextmanager
def _appearing(path: Path) -> Iterator[IO[bytes]]:
    """A file beside the one that is to be, which takes its name at the end."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(path)
    except OSError as error:
        raise LedgerError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)
