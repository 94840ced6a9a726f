"""PostgreSQL passes what every ledger engine must."""

from __future__ import annotations

import itertools

import pytest
from server import Server

from voicegateway.testing import LedgerConformance, LedgerPlace
from voicegw_postgres.engine import postgres_engine

_numbers = itertools.count()


@pytest.fixture(scope="module")
def database(server: Server) -> str:
    return server.new_database()


class TestPostgres(LedgerConformance):
    @pytest.fixture
    def place(self, url: str) -> LedgerPlace:
        return LedgerPlace(url, postgres_engine)

    @pytest.fixture(autouse=True)
    def no_deadlock(self, server: Server):
        before = server.deadlocks()
        yield
        assert server.deadlocks() == before


class TestInASchema(LedgerConformance):
    """All in one database: what one ledger does is nothing to the others."""

    @pytest.fixture
    def place(self, database: str) -> LedgerPlace:
        return LedgerPlace(f'{database}?schema=voice%20"{next(_numbers)}"', postgres_engine)
