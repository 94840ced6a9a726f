from __future__ import annotations

import pytest

from voicegateway.storage.ledger import open_ledger


@pytest.fixture
def ledger(tmp_path):
    ledger = open_ledger(tmp_path / "ledger.db")
    yield ledger
    ledger.close()
