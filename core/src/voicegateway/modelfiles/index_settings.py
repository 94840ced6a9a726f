"""Which package index the user has chosen, as pip and uv would read it."""

from __future__ import annotations

import configparser
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

__all__ = ["IndexSettings", "index_settings"]

_VARIABLES = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
_SECTIONS = ("download", "install", "global")  # the particular before the general, as in pip
_NAMED = re.compile(r"[A-Za-z0-9_.-]+=(?=\w+://)")  # uv lets an index be `name=url`


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """An index's address without its login, and the login beside it."""

    url: str | None
    """None: nothing is configured."""
    login: tuple[str, str] | None = None
    certificates: str | None = None
    """A file of authorities to trust in place of the default ones."""

    def __repr__(self) -> str:  # a login never reaches a log
        return f"IndexSettings(url={self.url!r}, login={'***' if self.login else None})"


def index_settings() -> IndexSettings:
    """The environment first, then pip's configuration files from the nearest to the farthest."""
    url = next(filter(None, map(os.environ.get, _VARIABLES)), None) or _from_files("index-url")
    certificates = os.environ.get("PIP_CERT") or _from_files("cert")
    if url is None:
        return IndexSettings(None, certificates=certificates)
    address, login = _without_login(_NAMED.sub("", url.strip(), count=1))
    return IndexSettings(address, login, certificates)


def _without_login(url: str) -> tuple[str, tuple[str, str] | None]:
    parts = urlsplit(url)
    if parts.username is None:
        return url, None
    netloc = parts.netloc.rpartition("@")[2]
    login = (unquote(parts.username), unquote(parts.password or ""))
    return urlunsplit(parts._replace(netloc=netloc)), login


def _from_files(key: str) -> str | None:
    for path in _configuration_files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip complains of it; here another file or the default does as well
        for section in _SECTIONS:
            value = parser.get(section, key, fallback="").strip()
            if value:
                return value
    return None


def _configuration_files() -> Iterator[Path]:
    chosen = os.environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:  # pip's way to read none at all
        return
    if chosen:
        yield Path(chosen)
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    yield Path(sys.prefix) / name
    for folder in _configuration_folders():
        yield folder / name


def _configuration_folders() -> Iterator[Path]:
    """The user's own before the machine's: https://pip.pypa.io/en/stable/topics/configuration/"""
    home = Path.home()
    if sys.platform == "win32":
        yield from (Path(os.environ[v]) / "pip" for v in ("APPDATA",) if v in os.environ)
        yield home / "pip"
        yield from (Path(os.environ[v]) / "pip" for v in ("PROGRAMDATA",) if v in os.environ)
        return
    if sys.platform == "darwin":
        yield home / "Library" / "Application Support" / "pip"
    yield Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip"
    yield home / ".pip"
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/pip")
    for folder in (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep):
        yield Path(folder) / "pip"
    yield Path("/etc")
