"""The end of each command's `--help`: examples, and what its exit codes mean.

A program may rely on the codes: 0 fine, 1 a finding, 2 wrong use or wrong config. The examples are
parsed by a test, so that they name commands and options that exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import typer

__all__ = ["PAGES", "ROOT", "Page", "add_epilogues"]

ROOT: Final = """\
Exit codes, of every command:

\b
  0  fine
  1  a finding: something failed its check, a row is flagged
  2  wrong use, or a config that cannot be used

Variables, which win over the config:

\b
  VOICEGW_CONFIG   the config file
  VOICEGW_DB_PATH  the ledger: a path, or a URL
  VOICEGW_SECRET   what managed keys are encrypted with

`voicegw COMMAND --help` says more of each command, with examples.
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What `--help` says after the options."""

    examples: tuple[str, ...]
    """Each a command line, with a comment behind `#` where it does not speak for itself."""
    finding: str = ""
    """What exit code 1 means; empty where the command never ends with it."""


_OCTOBER: Final = "--start 2026-10-01 --end 2026-10-31"

PAGES: Final[Mapping[str, Page]] = {
    "demo": Page(
        (
            "voicegw demo",
            "voicegw demo --stack premium --project trial",
            "voicegw demo --dashboard        # then show the call in the browser",
        )
    ),
    "seed": Page(
        (
            "voicegw seed",
            "voicegw seed --folder /tmp/sample --rows 100000",
            "voicegw seed --live             # and calls that come in while you look",
        )
    ),
    "init": Page(
        ("voicegw init", "voicegw init --full -o /etc/voicegateway/voicegw.yaml"),
        "it exists already, and was not to be overwritten",
    ),
    "status": Page(("voicegw status", "voicegw status --json")),
    "doctor": Page(
        (
            "voicegw doctor",
            "voicegw doctor --keys           # ask the vendors, too",
            "voicegw doctor --price-age 30   # price lists older than 30 days",
            "voicegw doctor --json",
        ),
        "something is amiss",
    ),
    "costs": Page(
        (
            "voicegw costs",
            "voicegw costs --today --project support",
            "voicegw costs --start 2026-11-01 --end 2026-11-15 --by provider --by model",
            "voicegw costs --week --json",
        )
    ),
    "logs": Page(
        (
            "voicegw logs -n 20",
            "voicegw logs --status failed --model acme/parrot-2",
            "voicegw logs --follow           # until Ctrl-C",
            "voicegw logs --follow --json    # a JSON line a row",
        )
    ),
    "session": Page(("voicegw session ID", "voicegw session ID --json")),
    "sessions": Page(("voicegw sessions --today --sort cost", "voicegw sessions -n 10 --json")),
    "explain": Page(
        ("voicegw explain ID", "voicegw explain ID --json"),
        "a cost does not follow from the quote that was stored with it",
    ),
    "export-costs": Page(
        (
            f"voicegw export-costs {_OCTOBER} -o october.csv",
            f"voicegw export-costs {_OCTOBER} -f parquet -o october.parquet",
            "voicegw export-costs --start 2026-11-22 --end 2026-11-22 --json",
        )
    ),
    "reprice": Page(
        (
            "voicegw reprice --dry-run",
            "voicegw reprice --start 2026-11-01 --end 2026-11-30 --provider acme",
            "voicegw reprice --as-of 2026-11-01 --reason 'the new contract'",
        )
    ),
    "reconcile": Page(
        (f"voicegw reconcile --provider acme {_OCTOBER} --usage-file usage.csv",),
        "a row parts by more than the threshold",
    ),
    "latency": Page(("voicegw latency --week", "voicegw latency -m tts --project support --json")),
    "projects": Page(("voicegw projects", "voicegw projects --json")),
    "project": Page(("voicegw project support", "voicegw project support --json")),
    "prices": Page(
        (
            "voicegw prices",
            "voicegw prices 'swift-*' --provider acme",
            "voicegw prices --stale 90",
        ),
        "with --stale: there are such rates",
    ),
    "rotate-secret": Page(("voicegw rotate-secret", "voicegw rotate-secret --new-key")),
    "plugins list": Page(("voicegw plugins list", "voicegw plugins list --json")),
    "plugins info": Page(("voicegw plugins info acme", "voicegw plugins info acme --json")),
    "plugins check": Page(
        ("voicegw plugins check", "voicegw plugins check acme --timeout 20"),
        "a plugin breaks the contract",
    ),
    "plugins new": Page(("voicegw plugins new acme", "voicegw plugins new acme -o ./acme")),
    "models list": Page(("voicegw models list", "voicegw models list --verify --json")),
    "models fetch": Page(("voicegw models fetch --stack local", "voicegw models fetch acme/tiny")),
    "models path": Page(("voicegw models path acme/tiny",)),
    "serve": Page(
        (
            "voicegw serve",
            "voicegw serve --host 0.0.0.0 --port 8080   # needs an API key first",
        ),
        "it could not start",
    ),
    "dashboard": Page(
        (
            "voicegw dashboard",
            "voicegw dashboard --sample      # a month of made-up calls, apart from yours",
        )
    ),
    "mcp": Page(("voicegw mcp", "voicegw mcp -t http")),
    "keys create": Page(("voicegw keys create ci --scopes read,write --json",)),
    "keys list": Page(("voicegw keys list", "voicegw keys list --json")),
    "keys revoke": Page(("voicegw keys revoke ID",)),
    "keys hash": Page(("voicegw keys hash < key.txt",)),
}


def add_epilogues(app: typer.Typer, before: str = "") -> None:
    """Gives every command its page; to be called when all are registered."""
    for command in app.registered_commands:
        page = PAGES.get(f"{before}{command.name}")
        if page is not None:
            command.epilog = _text(page)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_epilogues(group.typer_instance, f"{before}{group.name} ")


def _text(page: Page) -> str:
    codes = ["0  fine", "2  wrong use, or a config that cannot be used"]
    if page.finding:
        codes.insert(1, f"1  {page.finding}")
    return "\n\n".join(
        ("Examples:", _block(page.examples), "Exit codes:", _block(codes)),
    )


def _block(lines: tuple[str, ...] | list[str]) -> str:
    return "\n".join(("\b", *(f"  {line}" for line in lines)))
