"""Credits fetched from a server that speaks Cartesia's protocol."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from voicegateway.authoring.pulling import PullError
from voicegateway.core.registry import get_provider
from voicegateway.testing import PullConformance

EXPORTS = Path(__file__).parent / "exports"
CREDITS = json.loads((EXPORTS / "cartesia_usage_credits.json").read_text())


class TestPull(PullConformance):
    provider = "cartesia"
    start, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    header, prefix = "authorization", "Bearer "

    def answer(self, asked):
        return CREDITS if asked.path == "/usage/credits" else None

    def test_what_is_asked_for(self, cloud, tmp_path):
        self.pull(cloud, tmp_path)
        (asked,) = cloud.asked
        assert asked.headers["cartesia-version"] == "2026-03-01"
        assert asked.query == {
            "start_ts": ["2026-11-01T00:00:00Z"],
            "end_ts": ["2026-11-03T00:00:00Z"],
        }

    def test_more_than_a_year_is_refused(self, cloud, tmp_path):
        pull = get_provider("cartesia").pull_usage_export
        with pytest.raises(PullError, match="a year at most"):
            pull(self.settings(cloud), self.start - timedelta(days=400), self.end, tmp_path)
