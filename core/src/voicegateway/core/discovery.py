"""Find what installed distributions offer, without importing any of it.

`importlib_metadata.entry_points()` stops at the first distribution it cannot read and keeps
silent about which distribution an entry point came from; here each one is guarded by itself.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

import importlib_metadata

__all__ = ["Found", "canonical_name", "scan"]

logger = logging.getLogger("voicegateway.plugins")


@dataclass(frozen=True, slots=True)
class Found:
    """One entry point, and the distribution that offers it."""

    name: str
    value: str
    distribution: str
    version: str
    origin: str | None
    """Where it was installed from, if not from an index: PEP 610's URL."""
    entry_point: importlib_metadata.EntryPoint


def canonical_name(distribution: str) -> str:
    """PEP 503: `Voicegw_Acme` and `voicegw-acme` are one distribution."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def scan(group: str) -> list[Found]:
    """Every entry point in `group`, of the first copy of each distribution on the path."""
    found: list[Found] = []
    seen: set[str] = set()
    for distribution in importlib_metadata.distributions():
        try:
            entries = list(_entries(distribution, group))
            if not entries:
                continue
            name = _name(distribution)
            if canonical_name(name) in seen:  # a second copy, which imports would not reach
                continue
            seen.add(canonical_name(name))
            version, origin = _version(distribution), _origin(distribution)
        except Exception as error:  # noqa: BLE001 - whatever one distribution does, others load
            logger.warning("Skipped %s: its metadata cannot be read (%r).", distribution, error)
            continue
        found += [Found(e.name, e.value, name, version, origin, e) for e in entries]
    return sorted(found, key=lambda item: (item.name, item.distribution))


def _entries(
    distribution: importlib_metadata.Distribution, group: str
) -> Iterator[importlib_metadata.EntryPoint]:
    text = distribution.read_text("entry_points.txt")
    if text is None or group not in text:  # cheap: most distributions have nothing for us
        return
    yield from (entry for entry in distribution.entry_points if entry.group == group)


def _name(distribution: importlib_metadata.Distribution) -> str:
    try:
        name = distribution.metadata["Name"]
    except Exception:  # noqa: BLE001 - METADATA is damaged; the folder still says whose it is
        name = None
    if name:
        return str(name)
    folder = PurePath(str(getattr(distribution, "_path", "unknown"))).name
    return folder.split("-")[0]


def _version(distribution: importlib_metadata.Distribution) -> str:
    try:
        return str(distribution.version or "unknown")
    except Exception:  # noqa: BLE001 - as above
        return "unknown"


def _origin(distribution: importlib_metadata.Distribution) -> str | None:
    try:
        origin = distribution.origin
    except Exception:  # noqa: BLE001 - a damaged direct_url.json is no reason to lose a plugin
        return None
    url = getattr(origin, "url", None)
    return str(url) if url else None
