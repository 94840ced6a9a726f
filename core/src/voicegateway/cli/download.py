"""The progress bar of a download, where somebody watches."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import TaskID

    from voicegateway.modelfiles import Progress as Fetched
    from voicegateway.modelfiles import Report

__all__ = ["progress_bar"]


@contextmanager
def progress_bar() -> Iterator[Report]:
    """A function to tell how far the fetch has come."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def report(fetched: Fetched) -> None:
            if fetched.name not in tasks:
                tasks[fetched.name] = bar.add_task(fetched.name, total=fetched.total)
            bar.update(tasks[fetched.name], completed=fetched.done, total=fetched.total)

        yield report
