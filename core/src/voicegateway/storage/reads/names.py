"""The names behind the integer keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voicegateway.storage.engine import Connection
from voicegateway.storage.labels import kept_name
from voicegateway.types import Modality

__all__ = [
    "Leg",
    "find_project",
    "find_session",
    "legs_by_id",
    "matching_legs",
    "projects_by_id",
    "session_names",
]

_CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class Leg:
    """One model in one role."""

    provider: str
    model: str
    modality: Modality

    @property
    def name(self) -> str:
        """As in a model string."""
        return f"{self.provider}/{self.model}"


def projects_by_id(connection: Connection) -> dict[int, str]:
    return dict(connection.execute("SELECT id, name FROM projects"))


def legs_by_id(connection: Connection) -> dict[int, Leg]:
    rows = connection.execute("SELECT id, provider, model, modality FROM legs ORDER BY id")
    return {row[0]: Leg(row[1], row[2], Modality(row[3])) for row in rows}


def matching_legs(
    connection: Connection, model: str | None, modality: str | None, provider: str | None = None
) -> list[int] | None:
    """The legs of a model (`provider/model` or the model alone), a modality, a provider; None
    if nothing was asked for."""
    if model is None and modality is None and provider is None:
        return None
    return [
        key
        for key, leg in legs_by_id(connection).items()
        if (model is None or model in (leg.model, leg.name))
        and (modality is None or leg.modality == modality)
        and (provider is None or leg.provider == provider)
    ]


def find_project(connection: Connection, name: str) -> int | None:
    return _find(connection, "SELECT id FROM projects WHERE name = ?", name)


def find_session(connection: Connection, name: str) -> int | None:
    return _find(connection, "SELECT id FROM sessions WHERE name = ?", name)


def session_names(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    """The names of these sessions."""
    found: dict[int, str] = {}
    for begin in range(0, len(keys), _CHUNK):
        part = keys[begin : begin + _CHUNK]
        marks = ", ".join("?" * len(part))
        sql = f"SELECT id, name FROM sessions WHERE id IN ({marks})"  # noqa: S608 - question marks
        found.update(connection.execute(sql, part))
    return found


def _find(connection: Connection, sql: str, name: str) -> int | None:
    rows = connection.execute(sql, (kept_name(name),))
    return int(rows[0][0]) if rows else None
