"""Credits and costs fetched from a server that speaks ElevenLabs' protocol."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from voicegateway.authoring.pulling import PullError
from voicegateway.core.registry import get_provider
from voicegateway.testing import PullConformance
from voicegateway.types import ProviderSettings, Secret

EXPORTS = Path(__file__).parent / "exports"
COSTS = json.loads((EXPORTS / "elevenlabs_workspace_cost_usage.json").read_text())
CREDITS = {
    "columns": ["timestamp", "product_type", "model", "credits_used"],
    "column_types": ["DateTime", "String", "String", "Float"],
    "column_units": ["s", "", "", "credits"],
    "rows": [
        ["2026-11-01T00:00:00Z", "TTS", "eleven_flash_v2_5", "125.5"],
        ["2026-11-02T00:00:00Z", "TTS", "eleven_flash_v2_5", "75.25"],
    ],
}
CREDITS_PATH = "/v1/workspace/analytics/query/usage-by-product-over-time"
COSTS_PATH = "/v1/workspace/analytics/usage"
PAGES = {CREDITS_PATH: CREDITS, COSTS_PATH: COSTS}


class Pull(PullConformance):
    provider = "elevenlabs"
    start, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    header = "xi-api-key"
    path: str
    group_by: list[str]

    def answer(self, asked):
        return PAGES.get(asked.path) if asked.method == "POST" else None

    def test_what_is_asked_for(self, cloud, tmp_path):
        self.pull(cloud, tmp_path)
        (asked,) = cloud.asked
        assert (asked.path, asked.query) == (self.path, {})
        assert asked.body == {
            "start_time": 1793491200000,
            "end_time": 1793664000000,
            "interval_seconds": 86400,
            "group_by": self.group_by,
            "time_zone": "UTC",
        }


class TestCredits(Pull):
    path = CREDITS_PATH
    group_by = ["product_type", "model"]


class TestCosts(Pull):
    path = COSTS_PATH
    group_by = ["product_type", "model", "fiat_currency"]
    extra = {"report": "costs"}


def test_a_report_that_is_not_known_is_refused(tmp_path):
    settings = ProviderSettings("elevenlabs", Secret("key-of-no-use"), extra={"report": "money"})
    with pytest.raises(PullError, match="the reports credits and costs"):
        get_provider("elevenlabs").pull_usage_export(settings, Pull.start, Pull.end, tmp_path)
