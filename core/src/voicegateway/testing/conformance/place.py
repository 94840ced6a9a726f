"""Where a test's ledger is, and how to get at it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from voicegateway.storage.engine import Engine, EngineFactory, Row, Value
from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.storage.queries import Reader, open_reader
from voicegateway.storage.targets import engine_for

__all__ = ["LedgerPlace", "OpenLedger", "PlacedTests", "until"]

OpenLedger = Callable[..., Ledger]


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """A fresh database."""

    target: str = field(repr=False)
    """A path or URL. It may hold a password, so it is not shown."""
    engine_factory: EngineFactory | None = None
    """A function or class at the top of its module; None for SQLite."""

    def engine(self) -> Engine:
        return engine_for(self.target, engine_factory=self.engine_factory)

    def reader(self) -> Reader:
        return open_reader(self.target, engine_factory=self.engine_factory)

    def rows(self, sql: str, params: tuple[Value, ...] = ()) -> list[Row]:
        """What a statement of the shared subset says, in a transaction of its own."""
        with self.reader() as reader, reader.snapshot() as connection:
            return connection.execute(sql, params)

    def change(self, sql: str, params: tuple[Value, ...] = ()) -> None:
        connection = self.engine().connect()
        try:
            connection.begin_write()
            connection.change(sql, params)
            connection.commit()
        finally:
            connection.close()


class PlacedTests:
    """The fixtures. `place` is for the subclass to give."""

    @pytest.fixture
    def place(self) -> LedgerPlace:
        raise NotImplementedError("the subclass gives the fixture `place`")

    @pytest.fixture
    def open_ledger(self, place: LedgerPlace) -> Iterator[OpenLedger]:
        """Opens a ledger that is closed after the test."""
        opened: list[Ledger] = []

        def opening(**options: Any) -> Ledger:
            ledger = open_ledger(place.target, engine_factory=place.engine_factory, **options)
            opened.append(ledger)
            return ledger

        yield opening
        for ledger in opened:
            ledger.close(timeout=5)

    @pytest.fixture
    def ledger(self, open_ledger: OpenLedger) -> Ledger:
        return open_ledger()


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Waits for something that another thread or process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
