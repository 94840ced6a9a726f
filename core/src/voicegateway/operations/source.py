"""What all operations stand on: a gateway's configuration, and readers of its ledger."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from voicegateway.core.config import database_target
from voicegateway.core.engines import engine_factory
from voicegateway.core.faults import key_path, nearest
from voicegateway.core.gateway import Gateway
from voicegateway.errors import ResourceNotFoundError
from voicegateway.operations.readers import Readers
from voicegateway.operations.window import Window
from voicegateway.storage.engine import Engine
from voicegateway.storage.queries import Period, Reader, projects
from voicegateway.storage.schema import prepare
from voicegateway.storage.targets import engine_for

__all__ = ["Source"]

_log = logging.getLogger("voicegateway.operations")


class Source:
    """Reads are synchronous and may be called from several threads at once; an event loop calls
    them in a thread."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.started = time.monotonic()
        self._target = database_target(gateway.config.cost_tracking.db_path)
        self._readers = Readers(self.open_reader)

    @property
    def timezone(self) -> str:
        return self.gateway.config.cost_tracking.timezone

    @property
    def ledger_name(self) -> str:
        """Path or URL, without a password."""
        return self.gateway.config_manager.store.name

    def prepare(self) -> None:
        """Makes the ledger if there is none, so that there is something to read before the first
        call is metered. One that cannot be made is told by each read."""
        engine: Engine | None = None
        try:
            engine = self._engine()
            connection = engine.connect()
            try:
                prepare(connection, engine)
            finally:
                connection.close()
        except Exception as error:  # noqa: BLE001 - each engine has errors of its own
            said = str(error) if engine is None else engine.trouble(error).message
            _log.warning("There is no ledger to read: %s", said)

    def close(self) -> None:
        """Closes the readers, those in use as soon as they are given back."""
        self._readers.close()

    def open_reader(self) -> Reader:
        """One of the caller's own, for what takes long. Raises `LedgerError`."""
        return Reader(self._engine())

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader that nobody else uses meanwhile. Raises `LedgerError`."""
        with self._readers.one() as reader:
            yield reader

    def period(self, window: Window) -> Period:
        """Raises `LedgerRequestError`."""
        return window.resolve(self.timezone)

    def require_project(self, reader: Reader, project: str | None) -> None:
        """Refuses a project that neither the configuration nor the ledger knows: its costs would
        be 0, and a misspelt name would look like one that costs nothing."""
        if project is None or project in self.gateway.config.projects:
            return
        known = projects(reader)
        if project not in known:
            raise ResourceNotFoundError(
                f"There is no project {key_path([project])}"
                f"{nearest(project, {*known, *self.gateway.config.projects}) or '.'}",
                kind="project",
            )

    def _engine(self) -> Engine:
        return engine_for(self._target, engine_factory=engine_factory(self._target))
