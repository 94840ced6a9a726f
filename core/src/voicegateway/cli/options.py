"""Options that several commands have: they are called the same and mean the same everywhere."""

from __future__ import annotations

from typing import Annotated

import typer

from voicegateway.cli import completion

__all__ = [
    "EndOption",
    "HostOption",
    "ModalityOption",
    "MonthOption",
    "PortOption",
    "ProjectOption",
    "ProviderOption",
    "RequiredEnd",
    "RequiredStart",
    "StartOption",
    "TodayOption",
    "WeekOption",
]

_START = "From this day or moment on: 2026-11-22, or 2026-11-22T14:00."
_END = "To the end of this day, or up to this moment."

ProjectOption = Annotated[
    str | None,
    typer.Option(
        "--project",
        "-p",
        metavar="ID",
        help="Of one project only.",
        autocompletion=completion.projects,
    ),
]
ProviderOption = Annotated[
    str | None,
    typer.Option(
        "--provider",
        metavar="ID",
        help="Of one provider only.",
        autocompletion=completion.providers,
    ),
]
ModalityOption = Annotated[
    str | None,
    typer.Option(
        "--modality", "-m", help="stt, llm or tts only.", autocompletion=completion.modalities
    ),
]
TodayOption = Annotated[bool, typer.Option("--today", help="This calendar day.")]
WeekOption = Annotated[bool, typer.Option("--week", help="This week, from Monday.")]
MonthOption = Annotated[
    bool, typer.Option("--month", help="This month, from the 1st; this is the default.")
]
StartOption = Annotated[
    str | None, typer.Option("--start", metavar="WHEN", help=f"{_START} Needs --end.")
]
EndOption = Annotated[
    str | None, typer.Option("--end", metavar="WHEN", help=f"{_END} Needs --start.")
]
RequiredStart = Annotated[str, typer.Option("--start", metavar="WHEN", help=_START)]
RequiredEnd = Annotated[str, typer.Option("--end", metavar="WHEN", help=_END)]
HostOption = Annotated[
    str | None,
    typer.Option(
        "--host", help="The address to listen on; else VOICEGW_HOST, server.host, 127.0.0.1."
    ),
]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--port", min=0, max=65_535, help="0 for any; else VOICEGW_PORT, server.port, 8080."
    ),
]
