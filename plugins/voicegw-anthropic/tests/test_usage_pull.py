"""Usage and costs fetched from a server that speaks Anthropic's protocol."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from voicegateway.testing import PullConformance

EXPORTS = Path(__file__).parent / "exports"
USAGE = json.loads((EXPORTS / "anthropic_usage_report_messages.json").read_text())
COST = {
    "currency": "USD",
    "amount": "123.4500",
    "workspace_id": None,
    "description": "Claude Haiku 4.5 Usage - Output Tokens",
    "cost_type": "tokens",
    "token_type": "output_tokens",
    "model": "claude-haiku-4-5-20251001",
    "context_window": "0-200k",
    "service_tier": "standard",
}
LAST = {"has_more": False, "next_page": None}


def part(index: int, following: str | None) -> dict:
    """A day of the sample as a page of its own."""
    more = {"has_more": following is not None, "next_page": following}
    return {"data": [USAGE["data"][index]], **more}


def costs() -> dict:
    return {"data": [{**bucket, "results": [COST]} for bucket in USAGE["data"]], **LAST}


_USAGE, _COST = "/v1/organizations/usage_report/messages", "/v1/organizations/cost_report"
PAGES = {
    (_USAGE, None): part(0, "page_2"),
    (_USAGE, "page_2"): part(1, None),
    (_COST, None): costs(),
}


class TestPull(PullConformance):
    provider = "anthropic"
    start, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    header = "x-api-key"

    def answer(self, asked):
        if asked.headers.get("anthropic-version") != "2023-06-01":
            return None
        return PAGES.get((asked.path, asked.one("page")))

    def test_what_is_asked_for(self, cloud, tmp_path):
        self.pull(cloud, tmp_path)
        assert [(asked.path, asked.one("page")) for asked in cloud.asked] == list(PAGES)
        for asked in cloud.asked:
            page = {"page": asked.query["page"]} if "page" in asked.query else {}
            assert asked.query == {
                "starting_at": ["2026-11-01T00:00:00Z"],
                "ending_at": ["2026-11-03T00:00:00Z"],
                "bucket_width": ["1d"],
                "limit": ["31"],
                "group_by[]": ["description" if asked.path == _COST else "model"],
                **page,
            }
