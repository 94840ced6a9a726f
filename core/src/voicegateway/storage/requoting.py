"""Writes later quotes beside those of the attempts, which stay as they were."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from voicegateway.errors import LedgerError
from voicegateway.storage.dimensions import Dimensions
from voicegateway.storage.engine import Connection, Engine
from voicegateway.storage.schema import prepare
from voicegateway.types import PriceQuote, PriceTerms

__all__ = ["NewQuote", "RequoteWriter"]

NewQuote = tuple[str, int, int, int | None, int, str]
"""Call id, attempt, batch, cost, rate card and the row's own part of the quote."""

_T = TypeVar("_T")
_PATIENCE_SECONDS: Final = 30.0
_RETRY_SECONDS: Final = 0.01
_AT_ONCE: Final = 2000
"""Rows a transaction, so that an agent who writes here waits some 20 ms at most."""
_BEGIN: Final = "INSERT INTO requote_batches (made_us, reason, as_of) VALUES (?, ?, ?) RETURNING id"
_FINISH: Final = "UPDATE requote_batches SET finished_us = ? WHERE id = ?"
_INSERT: Final = (
    "INSERT INTO requotes (call_id, attempt, batch_id, cost_nano, rate_card_id, quote) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)


class RequoteWriter:
    """One batch, a new one or `batch`, which another process has begun. Close it. Where the ledger
    is locked by others it tries again for half a minute; whatever else goes wrong is a
    `LedgerError`, and what was written of the batch stays, marked as unfinished."""

    def __init__(
        self, engine: Engine, reason: str, as_of: str | None, batch: int | None = None
    ) -> None:
        self._engine = engine
        self._connection: Connection = self._patiently(engine.connect)
        try:
            self._patiently(lambda: prepare(self._connection, engine))
            self._dimensions = Dimensions(self._connection)
            self.batch: int = batch or self._patiently(lambda: self._begin(reason, as_of))
        except BaseException:
            self.close()
            raise

    def rate_card(self, quote: PriceQuote, terms: PriceTerms) -> int:
        """The key of what the quote shares with others."""
        return self._patiently(lambda: self._dimensions.rate_card(quote, terms))

    def add(self, rows: Sequence[NewQuote]) -> None:
        """Writes them in some transactions."""
        for begin in range(0, len(rows), _AT_ONCE):
            part = sorted(rows[begin : begin + _AT_ONCE])
            self._patiently(lambda part=part: self._write(part))  # type: ignore[misc]

    def finish(self) -> None:
        """The batch is whole."""
        now = self._connection.now_us()
        self._patiently(lambda: self._connection.change(_FINISH, (now, self.batch)))

    def close(self) -> None:
        self._connection.close()

    def _begin(self, reason: str, as_of: str | None) -> int:
        values = (self._connection.now_us(), reason, as_of)
        return int(self._connection.execute(_BEGIN, values)[0][0])

    def _write(self, rows: Sequence[NewQuote]) -> None:
        self._connection.begin_write()
        try:
            self._connection.change_many(_INSERT, rows)
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise

    def _patiently(self, work: Callable[[], _T]) -> _T:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return work()
            except Exception as error:
                trouble = self._engine.trouble(error)
                if trouble.kind != "locked" or time.monotonic() > deadline:
                    raise LedgerError(
                        f"The new quotes cannot be written: {trouble.message}."
                    ) from error
            time.sleep(_RETRY_SECONDS)
