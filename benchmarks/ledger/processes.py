"""The command line as its user has it: a fresh process, its start included."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = "import sys; sys.argv[0] = 'voicegw'; from voicegateway.cli.commands import main; main()"


@dataclass(frozen=True, slots=True)
class Done:
    """What one process, with those that it started and waited for, has taken."""

    status: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    """Of the one process that had the most."""
    output: str

    def __str__(self) -> str:
        return (
            f"{self.seconds:.1f} s, {self.cpu_seconds:.1f} s of a CPU, peak {self.peak_mb:.0f} MB"
        )


def voicegw(arguments: list[str], **environment: str) -> Done:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        action = [(os.POSIX_SPAWN_OPEN, 1, str(out), os.O_WRONLY | os.O_CREAT, 0o600)]
        begin = time.perf_counter()
        child = os.posix_spawn(
            sys.executable,
            [sys.executable, "-c", PROGRAM, *arguments],
            {**os.environ, **environment},
            file_actions=action,
        )
        _, status, used = os.wait4(child, 0)
        took = time.perf_counter() - begin
        output = out.read_text()
    spent = used.ru_utime + used.ru_stime
    return Done(os.waitstatus_to_exitcode(status), took, spent, used.ru_maxrss / 1024, output)


def answer(done: Done) -> dict[str, Any]:
    """What it printed as JSON."""
    found: dict[str, Any] = json.loads(done.output)
    return found
