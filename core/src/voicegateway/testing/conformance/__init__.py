"""The tests that every ledger engine must pass, whoever wrote it.

    class TestMyEngine(LedgerConformance):
        @pytest.fixture
        def place(self) -> LedgerPlace:
            return LedgerPlace("myscheme://host/a-fresh-database", my_engine)

`place` is a database that no test has used before, and how to reach it; the factory must be
importable by name, because some tests start other processes that write to the same database.
"""

from __future__ import annotations

import pytest

_PARTS = (
    "closing", "flushing", "opening", "place", "process", "racing", "reading", "truth", "values",
    "writing",
)  # fmt: skip
# Else their assertions would fail without showing what they compared.
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in _PARTS))
