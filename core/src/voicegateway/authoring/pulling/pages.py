"""From reports to files, one a page.

A file has its name when it is whole, and its name says what was asked for. So a run that was killed
goes on where it stopped by looking at the same folder, and a page of another question is never
taken for one of this.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from voicegateway.authoring.pulling.access import Access
from voicegateway.authoring.pulling.asking import Asker, parsed
from voicegateway.authoring.pulling.errors import PullError
from voicegateway.authoring.pulling.pace import Pace, usual_pace
from voicegateway.authoring.pulling.reports import Report

__all__ = ["pull_reports"]


def pull_reports(
    reports: Iterable[Report], folder: Path, access: Access, pace: Pace | None = None
) -> Iterator[Path]:
    """The pages of all reports as the vendor answered them, a file each, as they come. What is in
    the folder already is not asked for again. Raises `PullError`."""
    access.key()  # before anything is asked or written
    asker = Asker(access, pace or usual_pace())
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for report in reports:
            yield from _pages(report, folder, asker)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PullError(f"The pages cannot be kept in {folder}: {reason}.") from None


def _pages(report: Report, folder: Path, asker: Asker) -> Iterator[Path]:
    page, asked = report.page({}), set[str]()
    while page.digest not in asked:
        asked.add(page.digest)
        if len(asked) > asker.pace.pages:
            raise PullError(f"{page.place} has more than {asker.pace.pages} pages.")
        file = folder / f"{report.name}-{len(asked):04}-{page.digest}.json"
        answer = parsed(_kept(file))
        if answer is None:
            body = asker.ask(page)
            _keep(file, body)
            answer = parsed(body)
        yield file
        added = None if report.following is None else report.following(answer or {})
        if added is None:
            return
        page = report.page(added)
    raise PullError(f"{page.place} gives a page as the next one that came before: tell the vendor.")


def _kept(file: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):
        return file.read_bytes()
    return b""


def _keep(file: Path, body: bytes) -> None:
    """Whole or not at all, also where the machine fails."""
    part = file.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)
