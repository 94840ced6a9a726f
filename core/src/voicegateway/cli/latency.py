"""`voicegw latency`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from voicegateway.cli.options import (
    EndOption,
    ModalityOption,
    MonthOption,
    ProjectOption,
    StartOption,
    TodayOption,
    WeekOption,
)
from voicegateway.cli.output import ConfigOption, JsonOption, duration, print_json, print_table
from voicegateway.cli.reading import chosen_period, reading

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["latency"]

_DEFAULT = (50.0, 95.0, 99.0)


def latency(
    project: ProjectOption = None,
    modality: ModalityOption = None,
    today: TodayOption = False,  # noqa: FBT002
    week: WeekOption = False,  # noqa: FBT002
    month: MonthOption = False,  # noqa: FBT002
    start: StartOption = None,
    end: EndOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Show how fast each model was, in percentiles.

    Time to first byte, and the whole duration. Which percentiles is `latency.percentiles` of
    the config: 50, 95 and 99 unless told. They are within 1 % of the measured times.
    """
    from voicegateway.storage.queries import latency as read_latency

    if modality not in (None, "stt", "llm", "tts"):
        raise typer.BadParameter(f"{modality!r} is none of stt, llm, tts.", param_hint="--modality")
    percent = _percentiles(config)
    with reading(config) as (reader, place):
        period = chosen_period(
            place.timezone, today=today, week=week, month=month, start=start, end=end
        )
        found = read_latency(reader, period, project=project, modality=modality, percent=percent)
    rows = [one.to_json() for one in found]
    if as_json:
        print_json({"period": period.to_json(), "models": rows})
        return
    names = [f"p{one:g}" for one in percent]
    titles = ["Model", "Modality", "Requests", *(f"TTFB {n}" for n in names), *names]
    print_table(titles, [_cells(row, names) for row in rows], right=titles[2:])


def _cells(row: dict[str, Any], names: list[str]) -> list[str]:
    ttfb, whole = row["ttfb_ms"], row["duration_ms"]
    return [
        f"{row['provider']}/{row['model']}",
        row["modality"],
        str(whole["count"]),
        *(duration(ttfb.get(name)) for name in names),
        *(duration(whole.get(name)) for name in names),
    ]


def _percentiles(config: Path | None) -> tuple[float, ...]:
    from voicegateway.core.config import find_config

    if find_config(config) is None:  # then Pydantic is not needed
        return _DEFAULT
    from voicegateway.core.config import load_config

    return tuple(load_config(config).config.latency.percentiles)
