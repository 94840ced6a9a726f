"""Both breakdowns fetched from a server that speaks Deepgram's protocol."""

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
USAGE = json.loads((EXPORTS / "deepgram_usage_breakdown.json").read_text())
DAYS = [("2026-11-01", "2026-11-02"), ("2026-11-02", "2026-11-03")]
BILLING = {
    **{name: USAGE[name] for name in ("start", "end", "resolution")},
    "results": [
        {
            "dollars": 2.88,
            "grouping": {
                "start": start,
                "end": end,
                "line_item": "streaming::nova-3",
                **dict.fromkeys(["accessor", "deployment", "tags"]),
            },
        }
        for start, end in DAYS
    ],
}
ROOT = "/v1/projects/a-project"
PAGES = {f"{ROOT}/usage/breakdown": USAGE, f"{ROOT}/billing/breakdown": BILLING}


class TestPull(PullConformance):
    provider = "deepgram"
    start, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    header, prefix = "authorization", "Token "
    extra = {"project_id": "a-project"}

    def answer(self, asked):
        return PAGES.get(asked.path)

    def test_what_is_asked_for(self, cloud, tmp_path):
        self.pull(cloud, tmp_path)
        assert [asked.path for asked in cloud.asked] == list(PAGES)
        groupings = [asked.query.pop("grouping") for asked in cloud.asked]
        assert groupings == [["models"], ["line_item"]]
        for asked in cloud.asked:
            assert asked.query == {"start": ["2026-11-01"], "end": ["2026-11-03"]}

    def test_a_project_is_needed(self, cloud, tmp_path, monkeypatch):
        monkeypatch.delenv("DEEPGRAM_PROJECT_ID", raising=False)
        settings = ProviderSettings("deepgram", Secret("key-of-no-use"), cloud.url)
        pull = get_provider("deepgram").pull_usage_export
        with pytest.raises(PullError, match=r"set DEEPGRAM_PROJECT_ID, or project_id under"):
            pull(settings, self.start, self.end, tmp_path)
        monkeypatch.setenv("DEEPGRAM_PROJECT_ID", "../a b")
        with pytest.raises(PullError, match="answered 404"):
            list(pull(settings, self.start, self.end, tmp_path))
        assert "/v1/projects/..%2Fa%20b/" in cloud.asked[0].path

    def test_a_setting_that_is_not_known_is_refused(self, cloud, tmp_path):
        settings = ProviderSettings("deepgram", Secret("key-of-no-use"), extra={"projectid": "1"})
        pull = get_provider("deepgram").pull_usage_export
        with pytest.raises(PullError, match="did you mean 'project_id'"):
            pull(settings, self.start, self.end, tmp_path)
