"""The command itself: what may be asked of it, and how it prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from voicegateway.cli.doctor.findings import Finding
from voicegateway.cli.output import ConfigOption, JsonOption, print_json, quiet_stdout

__all__ = ["doctor"]


def doctor(
    keys: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--keys", help="Ask each configured vendor whether it takes the key: free, but a call."
        ),
    ] = False,
    price_age: Annotated[
        int, typer.Option(min=1, metavar="DAYS", help="From when on a price list is stale.")
    ] = 90,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds that one plugin may take.")
    ] = 15.0,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Look for what is amiss and say how to mend it.

    Plugins, keys, local models, price lists, the ledger and its writers, what waits on this
    machine's disk, the key file, and whether the server is open to strangers. Findings are
    numbered, each with its fix; notes have a dot. Nothing is changed, and without --keys nobody
    is called.
    """
    from voicegateway.cli.doctor.examination import Wishes, examine

    with quiet_stdout():
        findings = list(examine(config, Wishes(keys, price_age, timeout)))
    if as_json:
        print_json(_numbered(findings))
    else:
        _show(findings)
    if any(finding.level == "finding" for finding in findings):
        raise typer.Exit(1)


def _numbered(findings: list[Finding]) -> list[dict[str, Any]]:
    """`number` is None for a note."""
    rows, number = [], 0
    for finding in findings:
        counts = finding.level == "finding"
        number += counts
        rows.append({"number": number if counts else None, **asdict(finding)})
    return rows


def _show(findings: list[Finding]) -> None:
    amiss = [finding for finding in findings if finding.level == "finding"]
    for number, finding in enumerate(amiss, 1):
        typer.echo(f"{number}. {finding.about}: {finding.what}")
        typer.echo(f"   Fix: {finding.fix}")
    for finding in findings:
        if finding.level == "note":
            fix = f" ({finding.fix})" if finding.fix else ""
            typer.echo(f"·  {finding.about}: {finding.what}{fix}")
    count = "1 finding." if len(amiss) == 1 else f"{len(amiss)} findings."
    typer.echo(count if amiss else "All is well.")
