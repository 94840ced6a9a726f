"""SQLite passes what every ledger engine must."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicegateway.testing import LedgerConformance, LedgerPlace


class TestSqlite(LedgerConformance):
    @pytest.fixture
    def place(self, tmp_path: Path) -> LedgerPlace:
        return LedgerPlace(str(tmp_path / "ledger" / "voicegw.db"))
