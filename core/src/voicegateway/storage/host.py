"""Which process on which machine this is, and whether another one still lives."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Process", "is_alive", "this_process"]

_ENDED: Final = "ended"  # a zombie: nobody has asked for its exit code yet


@dataclass(frozen=True, slots=True)
class Process:
    """A process, told apart from a later one that was given the same pid."""

    host: str
    """Name, boot and pid namespace: within one of these a pid means one process at a time."""
    pid: int
    started: str | None
    """When it started, in whatever form the system tells; None if it does not."""


def this_process() -> Process:
    pid = os.getpid()
    return Process(_host(), pid, _start_of(pid))


def is_alive(other: Process, me: Process) -> bool | None:
    """Whether a process still runs; None if that cannot be told from here."""
    if other.host != me.host or os.name != "posix":
        return None  # os.kill(pid, 0) would end the process on Windows
    try:
        os.kill(other.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, but there
    except OverflowError:
        return False
    started = _start_of(other.pid)
    if other.started is None or started is None:
        return None
    return started == other.started


def _host() -> str:
    boot, namespace = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    try:
        return f"{socket.gethostname()}/{boot.read_text().strip()}/{namespace.readlink().name}"
    except OSError:
        return socket.gethostname()


def _start_of(pid: int) -> str | None:
    if Path("/proc/self/stat").exists():
        return _start_from_proc(pid)
    if os.name != "posix":
        return None
    try:
        shown = subprocess.run(  # noqa: S603 - no shell, a number
            ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607 - wherever the system has it
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return shown.stdout.strip() or None


def _start_from_proc(pid: int) -> str | None:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in parentheses may hold anything; of what follows, the state is the first field
    # and the start, in ticks since boot, the twentieth.
    fields = status.rpartition(")")[2].split()
    return _ENDED if fields[0] in "ZX" else fields[19]
