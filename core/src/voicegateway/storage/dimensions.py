"""The integer keys of projects, legs, sessions and rate cards: each name is stored once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from voicegateway.storage import quotes
from voicegateway.storage.engine import Connection, Value
from voicegateway.storage.labels import kept_name
from voicegateway.storage.models import AttemptClosed, LedgerRecord
from voicegateway.types import Modality, PriceQuote

__all__ = ["Dimensions"]

_MOST_REMEMBERED: Final = 50_000


class Dimensions:
    """Finds keys, and makes them inside the writer's transaction where they are missing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[object, int] = {}

    def forget(self) -> None:
        """After a rollback: keys made in that transaction do not exist."""
        self._known.clear()

    def meet(self, records: Iterable[LedgerRecord]) -> None:
        """Makes the keys of these records, each by itself, before the transaction that uses
        them. Where writers overlap, a key made inside it is locked until it ends, and two that
        met the same new names in different orders would wait for each other for ever."""
        for record in records:
            attempt = record.attempt
            project = self.project(attempt.project)
            self.leg(attempt.provider, attempt.model, attempt.modality)
            if attempt.session_id is not None:
                self.session(attempt.session_id, project)
            if isinstance(record, AttemptClosed):
                self.rate_card(record.quote)

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

    def rate_card(self, quote: PriceQuote) -> int:
        key = quotes.card_key(quote)
        known = self._known.get(key)
        if known is not None:
            return known
        content = quotes.card_content(key)
        columns = {"digest": quotes.card_digest(content)}
        return self._find(key, "rate_cards", columns, {"content": content})

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
