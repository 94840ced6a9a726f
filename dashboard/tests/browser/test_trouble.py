"""When the server fails or is away: what the pages say, and how they come back."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

PROBLEM = {"code": "INTERNAL_ERROR", "message": "The ledger took fright.", "details": {}}


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/calls", "**/v1/sessions?*"),
        ("/budgets", "**/v1/budgets*"),
        ("/projects", "**/v1/projects*"),
        ("/audit", "**/v1/audit*"),
    ],
)
def test_an_error_is_said_and_can_be_tried_again(page, server, faults, path, asked):
    faults.expect("status of 500")
    answer = {"status": 500, "content_type": "application/json"}
    page.route(asked, lambda route: route.fulfill(**answer, body=json.dumps({"error": PROBLEM})))
    page.goto(server.url + path)
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text("The ledger took fright.")
    page.unroute(asked)
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("table").first).to_be_visible()


def test_a_server_that_goes_away_and_comes_back(page, tmp_path, sample, serving, faults):
    faults.expect("ERR_|Failed to load|net::")
    config = tmp_path / "voicegw.yaml"
    config.write_text(sample.config.read_text())
    with serving(sample.ledger, config) as server:
        page.goto(f"{server.url}/calls")
        expect(page.get_by_text("Live", exact=True).locator("visible=true")).to_be_visible()
    expect(page.get_by_text("Live", exact=True).locator("visible=true")).to_have_count(0)
    expect(page.get_by_role("table")).to_be_visible()


def test_an_address_without_a_page(page, server):
    page.goto(f"{server.url}/nowhere")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
