"""Download one file whose sha256 is known, going on where an earlier try left off."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from voicegateway.modelfiles.hashing import sha256_of
from voicegateway.modelfiles.progress import Progress, Report
from voicegateway.modelfiles.sources import SourceFailedError

if TYPE_CHECKING:
    import requests

__all__ = ["Transfer"]

_CHUNK = 1 << 17
_TIMEOUT = (10.0, 60.0)  # seconds to connect, and between two pieces of the body
_TRIES = 4  # in a row that bring nothing new before a source is given up
_PAUSE = 0.1  # seconds, four times as long after each of them
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(?:\d+|\*)")


class Transfer:
    """One download into `part`, a file that outlives the process if it is killed."""

    def __init__(
        self,
        session: requests.Session,
        url: str,
        part: Path,
        *,
        sha256: str,
        size: int | None = None,
        report: Report,
        name: str,
    ) -> None:
        self._session = session
        self._url = url
        self._part = part
        self._sha256 = sha256
        self._size = size
        self._report = report
        self._name = name

    def run(self) -> None:
        """Leave the whole file in `part`. Raises `SourceFailedError`, and keeps what has come so
        far unless it proved to be of something else."""
        resumed = self._have() > 0
        self._receive()
        if sha256_of(self._part) == self._sha256:
            return
        self._part.unlink()
        if resumed:  # what was left behind was spoilt: once more, from the start
            self._receive()
            if sha256_of(self._part) == self._sha256:
                return
            self._part.unlink()
        raise SourceFailedError("what arrived is not the pinned file: its sha256 differs")

    def _receive(self) -> None:
        import requests

        idle, reason = 0, ""
        while idle < _TRIES:
            if idle:
                time.sleep(_PAUSE * 4**idle)
            before = self._have()
            try:
                reason = self._ask()
                if not reason:
                    return
            except requests.Timeout:
                reason = "the server stopped answering"
            except requests.RequestException as error:  # its text may hold a signed address
                reason = f"the connection failed ({type(error).__name__})"
            idle = 0 if self._have() > before else idle + 1
        raise SourceFailedError(reason)

    def _ask(self) -> str:
        """One request. Empty: the whole file is here; else why it is not, yet."""
        have = self._have()
        if self._size is not None and have >= self._size:
            return ""  # its hash says whether it is the right one
        headers = {"Accept-Encoding": "identity"}  # lengths and ranges are then those of the file
        if have:
            headers["Range"] = f"bytes={have}-"
        with self._session.get(
            self._url, headers=headers, stream=True, timeout=_TIMEOUT
        ) as response:
            if response.status_code == 416:  # nothing behind what we have, or not of this file
                return self._at_the_end(response, have)
            if response.status_code not in (200, 206):
                return self._refused(response.status_code)
            start = self._start(response, have)
            if start is None:
                self._part.unlink()
                return "the server sent another part than was asked for"
            return self._save(response, start)

    def _at_the_end(self, response: requests.Response, have: int) -> str:
        if response.headers.get("Content-Range", "").endswith(f"/{have}"):
            return ""
        self._part.unlink()
        return "the server has less than was here already"

    def _refused(self, status: int) -> str:
        if status not in _PASSING:
            raise SourceFailedError(f"the server answered {status}")
        return f"the server answered {status}"

    def _start(self, response: requests.Response, have: int) -> int | None:
        """Where in the file the body begins; None if it cannot be joined to what we have."""
        if response.status_code == 200:  # the server ignores ranges
            return 0
        matched = _RANGE.match(response.headers.get("Content-Range", ""))
        start = int(matched[1]) if matched and matched[1] else None
        return start if start == have else None

    def _save(self, response: requests.Response, start: int) -> str:
        length = response.headers.get("Content-Length")
        total = start + int(length) if length and length.isdigit() else self._size
        if self._size is not None and total != self._size:
            raise SourceFailedError(f"the file there has {total} bytes, not {self._size}")
        done = start
        with self._part.open("ab" if start else "wb") as out:
            self._report(Progress(self._name, done, total))
            for piece in response.iter_content(_CHUNK):
                out.write(piece)
                done += len(piece)
                if total is not None and done > total:
                    raise SourceFailedError(f"the server sent more than {total} bytes")
                self._report(Progress(self._name, done, total))
        return "" if total is None or done == total else "the connection broke off"

    def _have(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0
