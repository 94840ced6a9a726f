"""How commands print: JSON for programs, an aligned table for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, redirect_stdout
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

__all__ = [
    "ConfigOption",
    "JsonOption",
    "duration",
    "money",
    "print_json",
    "print_table",
    "quiet_stdout",
    "units",
]

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", metavar="FILE", help="The config file, instead of the one that is found."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

_SIGNIFICANT = 4


def quiet_stdout() -> AbstractContextManager[object]:
    """What plugins print while they are loaded goes to stderr: stdout is the command's answer."""
    return redirect_stdout(sys.stderr)


def print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()
) -> None:
    """Print rows under their columns; those named in `right` are numbers."""
    if sys.stdout.isatty():
        _print_for_terminal(columns, rows, right)
    else:  # a file or a pipe has no edge to wrap at
        _print_plain(columns, rows, right)


def _print_plain(
    columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str]
) -> None:
    table = [columns, *rows]
    widths = [max(len(row[index]) for row in table) for index in range(len(columns))]
    for row in table:
        cells = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for cell, column, width in zip(row, columns, widths, strict=True)
        )
        typer.echo("  ".join(cells).rstrip())


def _print_for_terminal(
    columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str]
) -> None:
    from rich.console import Console  # 100 ms, and only where somebody looks
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        justify: Literal["left", "right"] = "right" if column in right else "left"
        table.add_column(column, justify=justify, no_wrap=index == 0 or column in right)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)


def money(amount: str | Decimal | None) -> str:
    """Dollars with the digits that matter; unknown is said, never shown as 0."""
    if amount is None:
        return "unknown"
    value = Decimal(amount)
    if value == 0:
        return "$0"
    places = 2 if abs(value) >= 1 else max(2, _SIGNIFICANT - 1 - value.adjusted())
    return f"${value:,.{places}f}"


def duration(milliseconds: float | None) -> str:
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s"


_SHORT = {
    "audio_seconds": "s audio",
    "session_seconds": "s open",
    "characters": "chars",
    "input_tokens": "tok in",
    "cached_input_tokens": "tok cached",
    "cache_write_tokens": "tok cache write",
    "cache_write_1h_tokens": "tok cache write 1h",
    "output_tokens": "tok out",
    "input_audio_tokens": "audio tok in",
    "cached_input_audio_tokens": "audio tok cached",
    "output_audio_tokens": "audio tok out",
}


def units(quantities: Mapping[str, Any]) -> str:
    """`1.72 s audio, 34 chars`."""
    return ", ".join(
        f"{Decimal(quantity):,.2f}".rstrip("0").rstrip(".") + f" {_SHORT.get(unit, unit)}"
        for unit, quantity in quantities.items()
    )
