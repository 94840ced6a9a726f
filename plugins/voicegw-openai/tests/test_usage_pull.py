"""Usage and costs fetched from a server that speaks OpenAI's protocol."""

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
FIRST = json.loads((EXPORTS / "openai_usage_completions_p1.json").read_text())
COSTS = json.loads((EXPORTS / "openai_costs.json").read_text())
EMPTY = {"object": "page", "has_more": False, "next_page": None, "data": []}


def second() -> dict:
    """The day behind the one in the sample."""
    (bucket,) = FIRST["data"]
    times = {"start_time": bucket["end_time"], "end_time": bucket["end_time"] + 86_400}
    return {**EMPTY, "data": [{**bucket, **times}]}


PAGES = {
    ("/v1/organization/usage/completions", None): FIRST,
    ("/v1/organization/usage/completions", "page_sample_2"): second(),
    ("/v1/organization/usage/audio_speeches", None): EMPTY,
    ("/v1/organization/usage/audio_transcriptions", None): EMPTY,
    ("/v1/organization/costs", None): COSTS,
}


class TestPull(PullConformance):
    provider = "openai"
    start, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    header, prefix = "authorization", "Bearer "

    def answer(self, asked):
        return PAGES.get((asked.path, asked.one("page")))

    def test_what_is_asked_for(self, cloud, tmp_path):
        self.pull(cloud, tmp_path)
        assert [(asked.path, asked.one("page")) for asked in cloud.asked] == list(PAGES)
        window = {"start_time": ["1793491200"], "end_time": ["1793664000"], "bucket_width": ["1d"]}
        for asked in cloud.asked:
            costs = asked.path.endswith("costs")
            grouping = {"group_by[]": ["line_item" if costs else "model"]}
            limit = {"limit": ["180" if costs else "31"]}
            page = {"page": asked.query["page"]} if "page" in asked.query else {}
            assert asked.query == {**window, **grouping, **limit, **page}

    def test_days_of_another_zone_are_refused(self, cloud, tmp_path):
        hour = datetime(2026, 10, 31, 23, tzinfo=UTC)
        pull = get_provider("openai").pull_usage_export
        with pytest.raises(PullError, match=r"OpenAI reports days in UTC.*--timezone UTC"):
            pull(self.settings(cloud), hour, self.end, tmp_path)


def test_no_key_is_sent_to_another_machine_without_tls(tmp_path):
    settings = ProviderSettings("openai", Secret("key-of-no-use"), "http://192.0.2.1/v1")
    window = TestPull.start, TestPull.end
    with pytest.raises(PullError, match="https address"):
        list(get_provider("openai").pull_usage_export(settings, *window, tmp_path))


def test_the_usual_address_of_the_environment_never_gets_the_admin_key(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    from voicegateway.authoring.pulling import pages

    asked = []
    monkeypatch.setattr(pages.Asker, "ask", lambda self, page: asked.append(page.url) or b"{}")
    settings = ProviderSettings("openai", Secret("key-of-no-use"))
    window = TestPull.start, TestPull.end
    list(get_provider("openai").pull_usage_export(settings, *window, tmp_path))
    assert {url.partition("/v1/")[0] for url in asked} == {"https://api.openai.com"}
