"""Fetches a vendor's own export of a window into files, through its plugin."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voicegateway.errors import VoiceGatewayError
from voicegateway.reconcile.errors import ReconcileError
from voicegateway.reconcile.files import Tick
from voicegateway.reconcile.window import LAG, check_settled
from voicegateway.storage.days import datetime_of_us
from voicegateway.storage.queries import Period
from voicegateway.types import ProviderSettings

if TYPE_CHECKING:
    from voicegateway.core.provider import Provider

__all__ = ["export_folder", "pull", "require_pull"]

_STILL_ONE_RUN: Final = 3600
"""Seconds for which pages of a window that is not settled are kept: long enough to go on after a
break, and too short for figures that have grown."""


def require_pull(provider: Provider) -> None:
    """Raises `ReconcileError` for a provider whose plugin fetches nothing."""
    if not provider.implements("pull_usage_export"):
        info = provider.provider_info()
        if info.local:
            raise ReconcileError(f"{info.title} runs on this machine: nobody bills its usage.")
        hint = info.usage_export_hint or "export it by hand"
        raise ReconcileError(
            f"{info.title} offers no usage that --pull could fetch: {hint}, and give the file with "
            "--usage-file."
        )


def export_folder(folder: Path, provider: str, period: Period) -> Path:
    """Where the pages of one window are: another window has another folder."""
    start, end = (f"{datetime_of_us(us):%Y%m%dT%H%M%SZ}" for us in (period.start_us, period.end_us))
    return folder / provider / f"{start}-{end}"


def pull(
    provider: Provider,
    settings: ProviderSettings,
    period: Period,
    folder: Path,
    *,
    force: bool = False,
    anew: bool = False,
    tick: Tick = lambda _, __: None,
) -> list[Path]:
    """The files of the vendor's pages, in `export_folder`. Pages that are there are not fetched
    again, unless `anew` or if they are older than an hour and the vendor's figures were not final
    when they came. Raises `ReconcileError`; `force` as in `reconcile`."""
    require_pull(provider)
    if not force:
        check_settled(period)
    place = export_folder(folder, provider.id, period)
    start, end = datetime_of_us(period.start_us), datetime_of_us(period.end_us)
    _clear(place, end, anew=anew)
    tick("Fetching", 0)
    files = []
    for file in _guarded(provider, settings, start, end, place):
        files.append(file)
        tick(f"Fetched {len(files)} pages", 0)
    if not files:
        raise ReconcileError(f"The plugin of {provider.id!r} fetched nothing.")
    return files


def _clear(place: Path, end: datetime, *, anew: bool) -> None:
    """Of pages, those that must not be used again, and what a killed process left behind."""
    final = (end + LAG).timestamp()
    old = time.time() - _STILL_ONE_RUN
    for file in [*place.glob("*.json"), *place.glob("*.part")]:
        with contextlib.suppress(FileNotFoundError):  # another process clears as well
            made = file.stat().st_mtime
            if anew or (made < old and (made < final or file.suffix == ".part")):
                file.unlink()


def _guarded(
    provider: Provider, settings: ProviderSettings, start: datetime, end: datetime, place: Path
) -> Iterator[Path]:
    """A plugin's error may have the key in it: of one that was not made to be read its kind alone
    is told, and nothing is chained to what is raised."""
    try:
        files: Iterable[Path] | None = provider.pull_usage_export(
            settings, start.astimezone(UTC), end.astimezone(UTC), place
        )
        yield from files or ()
    except (VoiceGatewayError, ValueError) as error:
        raise ReconcileError(_without_key(str(error), settings)) from None
    except Exception as error:  # noqa: BLE001 - whatever a plugin does
        raise ReconcileError(
            f"The usage of {provider.id!r} cannot be fetched by its plugin "
            f"({provider.distribution} {provider.version}): {type(error).__name__}."
        ) from None


def _without_key(text: str, settings: ProviderSettings) -> str:
    key = settings.api_key.reveal() if settings.api_key is not None else ""
    return text.replace(key, str(settings.api_key)) if key else text
