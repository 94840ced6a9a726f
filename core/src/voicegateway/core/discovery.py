"""Find what installed distributions offer, without importing any of it.

`importlib_metadata.entry_points()` stops at the first distribution it cannot read and keeps
silent about which distribution an entry point came from; here each one is guarded by itself.
"""

from __future__ import annotations

import functools
import logging
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import importlib_metadata

from voicegateway.errors import PluginError

__all__ = ["Found", "canonical_name", "scan"]

logger = logging.getLogger("voicegateway.plugins")

_FIELD = re.compile(r"^(Name|Version):[ \t]*(\S+)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """One entry point, and the distribution that offers it."""

    name: str
    value: str
    distribution: str
    version: str
    origin: str | None
    """Where it was installed from, if not from an index: PEP 610's URL, without credentials."""
    entry_point: importlib_metadata.EntryPoint

    def load(self) -> object:
        """Import what the entry point names. Raises whatever that raises."""
        if not self.entry_point.pattern.match(self.value):
            raise PluginError("its value has to be `package.module` or `package.module:object`")
        return self.entry_point.load()


def canonical_name(distribution: str) -> str:
    """PEP 503: `Voicegw_Acme` and `voicegw-acme` are one distribution."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def scan(group: str) -> list[Found]:
    """Every entry point in `group`, of the first copy of each distribution on the path."""
    found: list[Found] = []
    seen: set[str] = set()
    for distribution in _distributions():
        try:
            name, version = _from_folder(distribution)
            key = canonical_name(name)
            # A second copy is not what an import reaches; an interrupted uninstall leaves a "~".
            if key in seen or name.startswith("~"):
                continue
            seen.add(key)
            found += _offers(distribution, group, name, version)
        except Exception as error:  # noqa: BLE001 - whatever one distribution does, others load
            _warn(_place(distribution), f"cannot be read ({error!r}) and is skipped")
    return sorted(found, key=lambda item: (item.name, item.distribution))


def _distributions() -> Iterator[importlib_metadata.Distribution]:
    """All of every finder, each guarded by itself; a path entry that imports skip is skipped."""
    path = [entry for entry in sys.path if isinstance(entry, str)]
    context = importlib_metadata.DistributionFinder.Context(path=path)  # type: ignore[no-untyped-call]
    for finder in list(sys.meta_path):
        find = getattr(finder, "find_distributions", None)
        if find is None:
            continue
        try:
            yield from find(context)
        except Exception as error:  # noqa: BLE001 - as above
            _warn(type(finder).__qualname__, f"cannot list its distributions ({error!r})")


def _offers(
    distribution: importlib_metadata.Distribution, group: str, name: str, version: str
) -> list[Found]:
    text = _read(distribution, "entry_points.txt")
    if not text or group not in text:  # cheap: most distributions have nothing for us
        return []
    entries = _entries(distribution, text, group)
    if not entries:
        return []
    name, version = _from_metadata(distribution, name, version)
    origin = _origin(distribution)
    return [Found(e.name, e.value, name, version, origin, e) for e in entries]


def _entries(
    distribution: importlib_metadata.Distribution, text: str, group: str
) -> list[importlib_metadata.EntryPoint]:
    entries: dict[str, importlib_metadata.EntryPoint] = {}
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[]").strip()
        elif line and section == group and not line.startswith(("#", ";")):
            name, _, value = map(str.strip, line.partition("="))
            if name and value and name not in entries:
                entries[name] = importlib_metadata.EntryPoint(name, value, group)
            else:
                _warn(_place(distribution), f"has an entry point {line!r} that is ignored")
    return list(entries.values())


def _from_folder(distribution: importlib_metadata.Distribution) -> tuple[str, str]:
    """Name and version as the metadata folder spells them, which costs no reading."""
    folder = getattr(distribution, "_path", None)
    if folder is None:  # a finder of somebody's own
        return str(distribution.metadata["Name"]), str(distribution.metadata["Version"])
    name, _, rest = str(folder.stem).partition("-")
    return name, rest.partition("-")[0] or "unknown"


def _from_metadata(
    distribution: importlib_metadata.Distribution, name: str, version: str
) -> tuple[str, str]:
    """Name and version as METADATA spells them, or the folder's where it is damaged.

    Two fields are read: `Distribution.metadata` parses the whole file as a mail, README and
    all, for 0.6 ms."""
    try:
        text = _read(distribution, "METADATA") or _read(distribution, "PKG-INFO") or ""
    except (OSError, UnicodeDecodeError):
        text = ""
    fields = dict(_FIELD.findall(text.partition("\n\n")[0]))
    if canonical_name(fields.get("Name", "")) != canonical_name(name) or "Version" not in fields:
        _warn(_place(distribution), "has damaged METADATA: reinstall the distribution")
        return name, version
    return fields["Name"], fields["Version"]


def _origin(distribution: importlib_metadata.Distribution) -> str | None:
    try:
        text = _read(distribution, "direct_url.json")
        if text is None:
            return None
        import json  # only for what was not installed from an index

        url = json.loads(text)["url"]
        return re.sub(r"//[^/@]*@", "//", url)
    except (OSError, ValueError, TypeError, KeyError):
        _warn(_place(distribution), "has a damaged direct_url.json")
        return None


def _read(distribution: importlib_metadata.Distribution, file: str) -> str | None:
    """`Distribution.read_text`, except that a file that may not be read is an error."""
    folder = getattr(distribution, "_path", None)
    if not isinstance(folder, Path):  # in a zip, or of a finder of somebody's own
        return distribution.read_text(file)
    try:
        with open(f"{folder}/{file}", encoding="utf-8") as opened:  # noqa: PTH123 - half the time
            return opened.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _place(distribution: importlib_metadata.Distribution) -> str:
    return str(getattr(distribution, "_path", distribution))


@functools.cache
def _warn(place: str, trouble: str) -> None:
    """Once a process: every registry scans."""
    logger.warning("%s %s.", place, trouble)
