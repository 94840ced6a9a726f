"""The integer keys of projects, legs, sessions and rate cards: each name is stored once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from voicegateway.storage import quotes
from voicegateway.storage.engine import Connection, Value
from voicegateway.storage.labels import kept_name
from voicegateway.storage.models import Attempt, AttemptClosed, LedgerRecord
from voicegateway.types import Modality, PriceQuote, PriceTerms

__all__ = ["Dimensions"]

_MOST_REMEMBERED: Final = 2_048
"""Sessions come and go: what is forgotten is looked up once more."""


class Dimensions:
    """Finds keys, and makes them inside the writer's transaction where they are missing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[object, int] = {}
        self._places: dict[tuple[str | None, ...], tuple[int, int, int | None]] = {}

    def forget(self) -> None:
        """After a rollback: keys made in that transaction do not exist."""
        self._known.clear()
        self._places.clear()

    def place(self, attempt: Attempt) -> tuple[int, int, int | None]:
        """The keys of an attempt's project, leg and session."""
        name, role = attempt.session_id, attempt.modality._value_
        names = (attempt.project, name, attempt.provider, attempt.model, role)
        found = self._places.get(names)
        if found is None:
            project = self.project(attempt.project)
            leg = self.leg(attempt.provider, attempt.model, attempt.modality)
            found = project, leg, None if name is None else self.session(name, project)
            if len(self._places) >= _MOST_REMEMBERED:
                self._places.clear()
            self._places[names] = found
        return found

    def meet(self, records: Sequence[LedgerRecord]) -> None:
        """Makes the keys of these records before the transaction that uses them. Where writers
        overlap, a key made inside it is locked until it ends, and two that met the same new
        names in different orders would wait for each other."""
        sessions: dict[str, int] = {}
        for record in records:
            attempt = record.attempt
            project = self.project(attempt.project)
            self.leg(attempt.provider, attempt.model, attempt.modality)
            name = attempt.session_id
            if name is not None and ("session", name) not in self._known:
                sessions.setdefault(name, project)
            if isinstance(record, AttemptClosed):
                self.rate_card(record.quote, record.terms)
        self._meet_sessions(sessions)

    def project(self, name: str) -> int:
        key = ("project", name)
        return self._known.get(key) or self._find(key, "projects", {"name": kept_name(name)}, {})

    def leg(self, provider: str, model: str, modality: Modality) -> int:
        role = modality._value_
        key = ("leg", provider, model, role)
        known = self._known.get(key)
        if known is not None:
            return known
        columns = {"provider": kept_name(provider), "model": kept_name(model), "modality": role}
        return self._find(key, "legs", columns, {})

    def session(self, name: str, project_id: int) -> int:
        """A session belongs to the project that it was first seen in."""
        key = ("session", name)
        return self._known.get(key) or self._find(
            key, "sessions", {"name": kept_name(name)}, {"project_id": project_id}
        )

    def rate_card(self, quote: PriceQuote, terms: PriceTerms | None = None) -> int:
        key = quotes.card_key(quote, terms)
        known = self._known.get(key)
        if known is not None:
            return known
        content = quotes.card_content(key)
        columns = {"digest": quotes.card_digest(content)}
        return self._find(key, "rate_cards", columns, {"content": content})

    def _meet_sessions(self, sessions: dict[str, int]) -> None:
        # The only names of which there are always new ones: all in one statement, and sorted,
        # because that one statement is a transaction too.
        self._connection.change_many(
            "INSERT INTO sessions (name, project_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            sorted((kept_name(name), project) for name, project in sessions.items()),
        )
        for name, project in sessions.items():
            self.session(name, project)

    def _find(
        self, key: object, table: str, columns: dict[str, str], more: dict[str, Value]
    ) -> int:
        found = self._select(table, columns)
        if found is None:
            everything: dict[str, Value] = {**columns, **more}
            names, marks = ", ".join(everything), ", ".join("?" * len(everything))
            self._connection.change(
                f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608 - our own names
                tuple(everything.values()),
            )
            found = self._select(table, columns)
        if found is None:
            raise AssertionError(f"a row just written to {table} is not there")
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = found
        return found

    def _select(self, table: str, columns: dict[str, str]) -> int | None:
        wanted = " AND ".join(f"{name} = ?" for name in columns)
        rows = self._connection.execute(
            f"SELECT id FROM {table} WHERE {wanted}",  # noqa: S608 - our own names
            tuple(columns.values()),
        )
        return int(rows[0][0]) if rows else None
