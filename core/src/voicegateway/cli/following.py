"""`voicegw logs --follow`: attempts as they begin and end, whichever process makes them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

import typer

from voicegateway.errors import LedgerError

if TYPE_CHECKING:
    from voicegateway.storage.queries import Entry, Reader
    from voicegateway.storage.reads.tail import Cursor

__all__ = ["Wanted", "follow", "json_line"]

_PAUSE_SECONDS: Final = 0.2

Wanted = Callable[["Entry"], bool]


def follow(
    reader: Reader,
    earlier: Callable[[], Iterable[Entry]],
    wanted: Wanted,
    line: Callable[[Entry], str],
) -> None:
    """Prints `earlier` and then what comes, until it is interrupted. An attempt comes twice, when
    it begins and when it ends. A ledger that cannot be read for a while is waited for."""
    from voicegateway.storage.reads.tail import tail_start

    try:
        cursor = tail_start(reader)  # before what is earlier, so that nothing falls between
        shown = set()
        for entry in earlier():
            shown.add((entry.id, entry.outcome))
            typer.echo(line(entry))
        while True:
            found, cursor = _news(reader, cursor)
            for entry in found:
                if wanted(entry) and (entry.id, entry.outcome) not in shown:
                    typer.echo(line(entry))
            if not found:
                shown.clear()  # what was printed twice can only be among the first
                time.sleep(_PAUSE_SECONDS)
    except KeyboardInterrupt:
        return


def _news(reader: Reader, cursor: Cursor) -> tuple[list[Entry], Cursor]:
    from voicegateway.storage.reads.tail import happenings

    told = False
    while True:
        try:
            page = happenings(reader, cursor)
        except LedgerError as error:
            if not told:
                typer.echo(f"voicegw: {error} Trying again.", err=True)
            told = True
            time.sleep(_PAUSE_SECONDS)
            continue
        if page.lost:
            typer.echo("voicegw: some rows were missed; `voicegw logs` has them.", err=True)
        return [one.entry for one in page.happenings if one.entry is not None], page.cursor


def json_line(entry: Entry) -> str:
    """One row as a line of its own."""
    return json.dumps(entry.to_json(), ensure_ascii=False)
