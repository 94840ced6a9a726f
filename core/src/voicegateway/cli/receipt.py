"""A session's receipt, as `voicegw session` and `voicegw demo` print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from voicegateway.cli.logs import COLUMNS, RIGHT, row_cells
from voicegateway.cli.output import duration, money, print_json, print_table, units
from voicegateway.cli.reading import ledger_of
from voicegateway.errors import LedgerError
from voicegateway.storage.models import usd

if TYPE_CHECKING:
    from voicegateway.core.config import LedgerPlace
    from voicegateway.storage.queries import Receipt

__all__ = ["print_receipt"]


def print_receipt(place: LedgerPlace, session_id: str, *, as_json: bool = False) -> None:
    """Raises `LedgerError` if the ledger has no such session."""
    from voicegateway.storage.queries import session_receipt

    with ledger_of(place) as reader:
        receipt = session_receipt(reader, session_id)
        if receipt is None:
            raise LedgerError(
                f"The ledger {reader.name} has no session {session_id!r}: `voicegw logs` shows "
                "the ids it has."
            )
    if as_json:
        print_json(receipt.to_json())
    else:
        _show(receipt)


def _show(receipt: Receipt) -> None:
    seconds = (receipt.end_us - receipt.start_us) / 1_000_000
    typer.echo(f"session  {receipt.session_id}")
    typer.echo(f"project  {receipt.project}")
    typer.echo(f"length   {duration(seconds * 1000)}, {_count(receipt.spoken_turns, 'turn')}")
    per_minute = receipt.cost_per_minute_nano
    rate = "" if per_minute is None else f" ({money(usd(per_minute))} a minute)"
    typer.echo(f"cost     {money(receipt.cost_usd)}{rate}")
    if receipt.unpriced:
        typer.echo(f"         {receipt.unpriced} requests have no known price.")
    if receipt.pruned:
        typer.echo(
            f"pruned   {receipt.pruned} of {receipt.requests} requests are no longer kept: they "
            "are in the cost and the length, and not below."
        )
    if receipt.turns:
        _show_parts(receipt)


def _show_parts(receipt: Receipt) -> None:
    typer.echo("")
    print_table(
        (
            "Leg",
            "Model",
            "Calls",
            "Interrupted",
            "Retries",
            "Fallbacks",
            "TTFB",
            "Units",
            "Cost",
        ),
        [
            (
                leg.leg.modality.upper(),
                leg.leg.name,
                str(leg.calls),
                str(leg.interruptions),
                str(leg.retries),
                str(leg.fallbacks),
                duration(None if leg.ttfb_ms is None else leg.ttfb_ms[0]),
                units({unit.value: amount for unit, amount in leg.units.items()}),
                money(usd(leg.cost_nano)),
            )
            for leg in receipt.legs
        ],
        right=("Calls", "Interrupted", "Retries", "Fallbacks", "TTFB", "Cost"),
    )
    typer.echo("")
    rows = sorted(row_cells(row) for turn in receipt.turns for row in turn.rows)
    model = COLUMNS.index("Model")  # the table above has it
    print_table(_without(COLUMNS, model), [_without(row, model) for row in rows], right=RIGHT)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _without(cells: tuple[str, ...], index: int) -> tuple[str, ...]:
    return cells[:index] + cells[index + 1 :]
