"""Reads a vendor's files, native or normalised, into one bill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from voicegateway.authoring.exports import UsageExportError
from voicegateway.errors import VoiceGatewayError
from voicegateway.reconcile.billed import Bill
from voicegateway.reconcile.errors import ReconcileError
from voicegateway.reconcile.normalised import is_normalised, read_normalised
from voicegateway.reconcile.window import Coverage
from voicegateway.storage.queries import Period
from voicegateway.types import UsageLine

if TYPE_CHECKING:
    from voicegateway.core.provider import Provider

__all__ = ["Exports", "read_files"]

Tick = Callable[[str, int], None]
"""What is being done, and how many lines of it are done."""
_TICK = 1000


@dataclass(slots=True)
class Exports:
    """What all files say together."""

    bill: Bill
    coverage: Coverage
    lines: int = 0
    """In the window."""
    empty: list[str] = field(default_factory=list)
    """Files without a single line."""
    _missing: dict[str, str] = field(default_factory=dict)
    _last_pages: set[str] = field(default_factory=set)
    _nameless: set[Path] = field(default_factory=set)
    """Files with a last page of nothing, which does not say of what report it is."""

    def note_page(self, file: Path, line: UsageLine) -> None:
        report, following = str(line.raw.get("report", "")), line.raw.get("next_page")
        if following is not None:
            self._missing.setdefault(report, f"{file.name}: the page {following} follows")
        elif report:
            self._last_pages.add(report)
        else:
            self._nameless.add(file)

    def check_pages(self) -> None:
        """Raises `ReconcileError` if a report goes on and none of the files is its last page."""
        missing = [said for report, said in self._missing.items() if report not in self._last_pages]
        if len(missing) > len(self._nameless):
            said = missing[len(self._nameless)]
            raise ReconcileError(f"{said} and is in none of the files: fetch it too.")


def read_files(
    provider: Provider, files: Sequence[Path], period: Period, tick: Tick = lambda _, __: None
) -> Exports:
    """Sums every line of the files that lies in the window. Raises `ReconcileError` for a file
    that cannot be read, or a line that lies partly in the window."""
    exports = Exports(Bill(), Coverage(period))
    for file in files:
        before = exports.lines + exports.coverage.outside
        _read(provider, file, exports, tick)
        if exports.lines + exports.coverage.outside == before:
            exports.empty.append(file.name)
    if len(exports.empty) == len(files):
        raise ReconcileError(f"{', '.join(exports.empty)}: no line in it: export it again.")
    exports.check_pages()
    return exports


def _read(provider: Provider, file: Path, exports: Exports, tick: Tick) -> None:
    lines = _lines(provider, file)
    for count, line in enumerate(_guarded(lines, provider, file), 1):
        exports.note_page(file, line)
        if exports.coverage.takes(line, file.name):
            exports.bill.add(line)
            exports.lines += 1
        if not count % _TICK:
            tick(f"Reading {file.name}", count)


def _lines(provider: Provider, file: Path) -> Iterable[UsageLine]:
    if not is_normalised(file) and provider.implements("read_usage_export"):
        found = provider.read_usage_export(file)
        if found is not None:
            return found
    return read_normalised(file)  # which says what is wrong with it, if it is none


def _guarded(lines: Iterable[UsageLine], provider: Provider, file: Path) -> Iterator[UsageLine]:
    """A plugin's reader may fail in any way at any line: one sentence, and not its traceback."""
    try:
        yield from lines
    except VoiceGatewayError:
        raise
    except UsageExportError as error:
        raise ReconcileError(f"{error}.") from error
    except Exception as error:
        raise ReconcileError(
            f"{file.name} cannot be read by the plugin of {provider.id!r} ({provider.distribution} "
            f"{provider.version}): {type(error).__name__}: {error}."
        ) from error
