"""Watch one plugin while it loads: what it imports, what it prints, which threads it starts."""

from __future__ import annotations

import builtins
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from voicegateway.core.discovery import Found, canonical_name, scan
from voicegateway.hookspecs import ENTRY_POINT_GROUP

__all__ = ["Imports", "find", "own_packages", "printed", "threads_left", "watch_imports"]

_LIGHT = frozenset({"voicegateway", "pluggy", "importlib_metadata", "typing_extensions"})
_GRACE = 0.2
_SHOWN = 60


def find(provider: str, distribution: str) -> Found:
    """Raises `LookupError` where it was uninstalled in the meantime."""
    for found in scan(ENTRY_POINT_GROUP):
        if found.name == provider and canonical_name(found.distribution) == canonical_name(
            distribution
        ):
            return found
    raise LookupError(f"{distribution} is no longer installed")


def own_packages() -> frozenset[str]:
    """Top-level names of all plugins: one may build on another."""
    return frozenset(_top(found.value.partition(":")[0]) for found in scan(ENTRY_POINT_GROUP))


class Imports:
    """What a plugin's own modules import, as they ask for it, and what is loaded thereby."""

    def __init__(self, own: frozenset[str]) -> None:
        self._own = own
        self._before = {_top(name) for name in sys.modules}
        self.asked: set[str] = set()

    def note(self, importer: str, name: str) -> None:
        if _top(importer) in self._own:
            self.asked.add(_top(name))

    def heavy(self) -> list[str]:
        """Third parties' modules that the plugin itself asks for; where none of them is new (it
        went through `importlib`), whatever is."""
        loaded = {_top(name) for name in sys.modules}
        foreign = _foreign(loaded - self._before, self._own)
        return sorted(_foreign(self.asked & loaded, self._own)) or sorted(foreign)


def _top(module: str) -> str:
    return module.partition(".")[0]


def _foreign(names: set[str], own: frozenset[str]) -> set[str]:
    known = _LIGHT | own | sys.stdlib_module_names
    return {name for name in names if name not in known and not name.startswith("_")}


@contextmanager
def watch_imports(own: frozenset[str]) -> Iterator[Imports]:
    """Every `import` statement that runs goes past this."""
    seen, original = Imports(own), builtins.__import__

    def noting(
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - Python's own names
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if not level:
            seen.note(str((globals or {}).get("__name__", "")), name)
        return original(name, globals, locals, fromlist, level)

    builtins.__import__ = noting
    try:
        yield seen
    finally:
        builtins.__import__ = original


def printed() -> str | None:
    """What has come out so far, on which stream; None if nothing has."""
    for descriptor, stream in ((1, sys.stdout), (2, sys.stderr)):
        stream.flush()
        size = os.fstat(descriptor).st_size
        if size:
            os.lseek(descriptor, 0, os.SEEK_SET)
            text = os.read(descriptor, 4 * _SHOWN).decode(errors="replace")
            os.lseek(descriptor, 0, os.SEEK_END)
            line = " ".join(text.split())[:_SHOWN]
            return f"{'stdout' if descriptor == 1 else 'stderr'}: {line!r}"
    return None


def threads_left() -> list[str]:
    """Names of the threads that are still running, after a moment in which they may end."""
    until = time.monotonic() + _GRACE
    while (left := _others()) and time.monotonic() < until:
        time.sleep(0.01)
    return left


def _others() -> list[str]:
    return sorted(one.name for one in threading.enumerate() if one is not threading.main_thread())
