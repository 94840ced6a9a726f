"""Changes keys of a YAML file and leaves the rest of it as its author wrote it."""

from __future__ import annotations

import contextlib
import io
import os
import re
import secrets
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voicegateway.core.config import parse_config
from voicegateway.core.faults import key_path, yaml_fault
from voicegateway.core.yaml_deletion import without_key
from voicegateway.errors import ConfigError

__all__ = ["DELETE", "Edit", "edit_file", "edited"]

_WIDTH: Final = 2**20
"""Lines are never folded."""
_TRIES: Final = 5
_NESTED: Final = re.compile(
    r"^( *)[^\s#-].*:(?: +#.*)?\n(?: *(?:#.*)?\n)*(\1 +)[^\s#-]", re.MULTILINE
)
"""A key with nothing behind it, and the key that is its first."""


class _Delete:
    def __repr__(self) -> str:
        return "DELETE"


DELETE: Final = _Delete()


@dataclass(frozen=True, slots=True)
class Edit:
    """One key: `Edit(("projects", "acme", "daily_budget"), "5.00")`. Sections that are missing are
    made. `DELETE` takes the key away, and is content if there is none."""

    path: tuple[str, ...]
    value: Any


def edit_file(path: Path, edits: Sequence[Edit]) -> None:
    """Makes all of them, or none. Raises `ConfigError` if the file cannot be read or written, or
    the result would be no valid configuration."""
    real = path.resolve()  # the file, not a link to it, is replaced
    for _ in range(_TRIES):
        before = _bytes(real)
        text = edited(_decoded(before, path), edits, path)
        parse_config(text, path)
        if _replace(real, before, text.encode()):
            return
    raise ConfigError(f"{path}: the file is changed by others all the time.")


def edited(text: str, edits: Sequence[Edit], path: Path) -> str:
    """The text with the edits made, one after the other. Raises `ConfigError`."""
    for edit in edits:
        text = _deleted(text, edit, path) if edit.value is DELETE else _set(text, edit, path)
    return text


def _set(text: str, edit: Edit, path: Path) -> str:
    document = _Document(text, path)
    place: Any = document.data
    for depth, key in enumerate(edit.path[:-1]):
        _require_mapping(place, edit.path[:depth], path)
        if place.get(key) is None:
            place[key] = {}
        place = place[key]
    _require_mapping(place, edit.path[:-1], path)
    place[edit.path[-1]] = edit.value
    return document.text()


def _deleted(text: str, edit: Edit, path: Path) -> str:
    document = _Document(text, path)
    place: Any = document.data
    for depth, key in enumerate(edit.path):
        _require_mapping(place, edit.path[:depth], path)
        if key not in place:
            return text
        if depth < len(edit.path) - 1:
            place = place[key]
    shorter = without_key(text, edit.path, place)
    if shorter is None:
        place.pop(edit.path[-1])
        return document.text()
    return shorter


class _Document:
    """A text as ruamel.yaml reads and writes it, comments and all."""

    def __init__(self, text: str, path: Path) -> None:
        from ruamel.yaml import YAML  # 110 ms
        from ruamel.yaml.comments import CommentedMap
        from ruamel.yaml.util import load_yaml_guess_indent

        self._yaml = YAML(typ="rt")
        self._yaml.preserve_quotes = True
        self._yaml.width = _WIDTH
        self._lead = ""
        try:
            self.data = self._yaml.load(text)
            _, indent, dash = load_yaml_guess_indent(text)
        except Exception as error:  # noqa: BLE001 - broken documents trip the parser in many ways
            raise ConfigError(f"{path}{yaml_fault(error)}.") from None
        self._yaml.indent(mapping=_map_indent(text), sequence=indent, offset=dash)
        if self.data is None:  # nothing but comments, which belong to nothing
            self.data = CommentedMap()
            self._lead = text if not text or text.endswith("\n") else f"{text}\n"

    def text(self) -> str:
        stream = io.StringIO()
        self._yaml.dump(self.data, stream)
        return self._lead + stream.getvalue()


def _map_indent(text: str) -> int | None:
    """How far the file's first nested key is moved in."""
    found = _NESTED.search(text)
    return None if found is None else len(found[2]) - len(found[1])


def _require_mapping(data: Any, where: tuple[str, ...], path: Path) -> None:
    if not isinstance(data, MutableMapping):
        raise ConfigError(f"{path}: {key_path(where) or 'the file'} holds no keys.")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: the file cannot be read: {error.strerror}.") from None


def _decoded(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: the file is not UTF-8 text: save it as UTF-8.") from None


def _replace(path: Path, before: bytes, after: bytes) -> bool:
    """Whole or not at all, with the file's mode. False if it changed meanwhile."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        mode = path.stat().st_mode & 0o7777
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        if path.read_bytes() != before:
            return False
        draft.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: the file cannot be written: {error.strerror}.") from None
    else:
        return True
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
