"""What it means that one source of a file did not work: the next one is tried."""

from __future__ import annotations

from urllib.parse import urlsplit

from voicegateway.types import JoinedSource, NpmSource, UrlSource, WheelSource

__all__ = ["Source", "SourceFailedError", "describe"]

Source = WheelSource | JoinedSource | NpmSource | UrlSource


class SourceFailedError(Exception):
    """One source failed; says why in a clause. Ends up in the one error a user sees, so it never
    carries an address's query or login."""


def describe(source: Source) -> str:
    """A source in an error: no query, no login."""
    if isinstance(source, WheelSource):
        return f"{source.distribution} {source.version} on the package index"
    if isinstance(source, JoinedSource):
        names = ", ".join(f"{part.distribution} {part.version}" for part in source.parts)
        return f"{names} on the package index"
    if isinstance(source, NpmSource):
        return f"{source.package} {source.version} on the npm registry"
    parts = urlsplit(source.url)
    return f"{parts.scheme}://{parts.hostname}{parts.path}"
