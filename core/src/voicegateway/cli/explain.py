"""`voicegw explain ID`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli.output import ConfigOption, JsonOption, print_json, print_table
from voicegateway.cli.reading import reading

if TYPE_CHECKING:
    from voicegateway.reconcile import Explanation
    from voicegateway.reconcile.explanations import Derivation

__all__ = ["explain"]

_COLUMNS = ("Unit", "Used", "Billed", "Rate", "Amount", "Rule")
_RIGHT = ("Used", "Billed", "Rate", "Amount")


def explain(
    row_id: Annotated[
        str, typer.Argument(metavar="ID", help="A row's id, or a call's for all its attempts.")
    ],
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Derive a row's cost once more, line by line.

    Each line has its rate and where that came from. The quote is the one that the call was
    priced with, whatever the price list says by now; quotes of `voicegw reprice` follow it.
    """
    from voicegateway.reconcile import explain as explained

    with reading(config) as (reader, _):
        found = explained(reader, row_id)
    if as_json:
        one = len(found) == 1 and found[0].entry.id == row_id
        print_json(found[0].to_json() if one else [each.to_json() for each in found])
    else:
        for index, each in enumerate(found):
            if index:
                typer.echo("")
            _show(each)
    if not all(each.agrees for each in found):
        raise typer.Exit(1)


def _show(explanation: Explanation) -> None:
    entry = explanation.entry
    started = str(entry.to_json()["started_at"])
    typer.echo(f"row      {entry.id}")
    typer.echo(f"model    {entry.leg.name} ({entry.leg.modality.value}), {started}")
    typer.echo(
        f"outcome  {entry.outcome}, units {entry.unit_basis}, {entry.verdict or 'no verdict'}"
    )
    if explanation.note:
        typer.echo(f"note     {explanation.note}")
    if explanation.derivation is not None:
        _show_quote(explanation.derivation)
    else:
        typer.echo(f"cost     {_dollars(entry.cost_nano)}")
    for requote, derivation in explanation.requotes:
        rates = "its own day" if requote.as_of is None else requote.as_of
        cut = "" if requote.complete else "; this run was cut short"
        typer.echo("")
        typer.echo(f"repriced in batch {requote.batch}, rates of {rates}: {requote.reason}{cut}")
        _show_quote(derivation)


def _show_quote(derivation: Derivation) -> None:
    quote = derivation.quote
    day = "" if quote.as_of is None else f", as of {quote.as_of}"
    typer.echo(f"cost     {_dollars(derivation.stored_nano)} ({quote.confidence})")
    typer.echo(f"source   {quote.source or 'none'}{day}")
    if quote.source_url:
        typer.echo(f"         {quote.source_url}")
    if quote.unpriced:
        typer.echo(f"no rate  {', '.join(quote.unpriced)}")
    if quote.lines:
        typer.echo("")
        rows = [
            (
                line.unit.value,
                f"{line.quantity:f}",
                f"{line.billed:f}",
                f"${line.rate_usd:f} / {line.per:f}",
                f"${amount:f}",
                line.rule,
            )
            for line, amount in zip(quote.lines, derivation.amounts, strict=True)
        ]
        print_table(_COLUMNS, rows, right=_RIGHT)
    if not derivation.agrees:
        typer.echo(
            f"The lines come to ${derivation.amount_usd:f}, which is not what the ledger has."
        )


def _dollars(nano: int | None) -> str:
    from voicegateway.storage.reads.texts import usd_text

    return "unknown" if nano is None else f"${usd_text(nano)}"
