"""axe looks at every page in both themes. It is put into the page by the test, past the content
security policy; what the policy forbids is watched by all other tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => [one.id, one.help, ...one.nodes.map((node) => node.html)])"""
PATHS = [
    "/",
    "/calls",
    "/calls?view=requests",
    "/costs",
    "/latency",
    "/budgets",
    "/reconcile",
    "/plugins",
    "/projects",
    "/audit",
    "/settings",
    "/nowhere",
]


@pytest.fixture(params=["light", "dark"])
def themed(request, opened):
    return opened(bypass_csp=True, color_scheme=request.param)


def findings(page):
    page.wait_for_timeout(300)  # colours that fade are measured when they have
    page.add_script_tag(path=AXE)
    return page.evaluate(RUN)


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_serious(themed, server, settle, path):
    themed.goto(server.url + path)
    settle(themed)
    assert findings(themed) == []


def test_nor_on_a_receipt(themed, server, settle):
    themed.goto(f"{server.url}/calls?project=support")
    themed.locator("a[data-row]").nth(3).click()
    expect(themed.get_by_role("heading", level=1)).to_contain_text("RM_")
    settle(themed)
    assert findings(themed) == []


def test_nor_in_a_request_or_a_form(themed, server, settle):
    themed.goto(f"{server.url}/calls?view=requests&status=completed")
    settle(themed)
    themed.get_by_role("table").locator("tbody tr").first.get_by_role("button").click()
    expect(themed.get_by_role("dialog")).to_be_visible()
    assert findings(themed) == []
    themed.goto(f"{server.url}/projects")
    themed.get_by_role("button", name="New project").click()
    expect(themed.get_by_role("dialog")).to_be_visible()
    assert findings(themed) == []


def test_nor_before_the_first_call_nor_at_the_door(themed, empty_server, settle, voicegw, faults):
    themed.goto(f"{empty_server.url}/calls")
    expect(themed.get_by_text("inference.STT(")).to_be_visible()
    assert findings(themed) == []
    faults.expect("status of 401")
    voicegw(empty_server, "keys", "create", "eve", "--scopes", "read")
    themed.goto(f"{empty_server.url}/calls")
    expect(themed.get_by_label("API key")).to_be_visible()
    assert findings(themed) == []
