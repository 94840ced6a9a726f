"""The list of calls and of requests: each filter is in the address, and survives a reload."""

from __future__ import annotations

import json
import re
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect


def query(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def body_rows(page):
    return page.get_by_role("table").locator("tbody tr")


def opened_requests(page, server, query=""):
    page.goto(f"{server.url}/calls?view=requests{query}")
    expect(body_rows(page).first).to_be_visible()


@pytest.mark.parametrize(
    ("label", "value", "name"),
    [
        ("Project", "booking", "project"),
        ("Leg", "tts", "modality"),
        ("Provider", "wren", "provider"),
        ("Model", "lark/voice-lite", "model"),
        ("Status", "cancelled", "status"),
    ],
)
def test_a_filter_of_requests(page, server, label, value, name):
    opened_requests(page, server)
    page.get_by_label(label, exact=True).select_option(value)
    page.wait_for_url(re.compile(f"[?&]{name}="))
    assert query(page)[name] == value
    expect(page.get_by_text(re.compile("^Loading "))).to_have_count(0)
    expect(body_rows(page).first).to_be_visible()
    page.reload()
    expect(page.get_by_label(label, exact=True)).to_have_value(value)
    expect(body_rows(page).first).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_label(label, exact=True)).to_have_value("")
    assert name not in query(page)


def test_a_project_has_its_own_calls_alone(page, server):
    page.goto(f"{server.url}/calls")
    page.get_by_label("Project", exact=True).select_option("reception")
    cells = page.get_by_role("table").locator("tbody td:nth-of-type(2)")
    expect(cells.filter(has_text="reception").first).to_be_visible()
    expect(cells.filter(has_not_text="reception")).to_have_count(0)


def test_a_call_is_found_by_a_part_of_its_id(page, server):
    page.goto(f"{server.url}/calls")
    link = page.locator("a[data-row]").nth(3)
    expect(link).to_be_visible()
    session = link.get_attribute("href").rsplit("/", 1)[1].split("?")[0]
    page.get_by_label("Session or request id").fill(session[-7:])
    expect(body_rows(page)).to_have_count(1)
    assert query(page)["search"] == session[-7:]
    page.reload()
    expect(body_rows(page)).to_have_count(1)
    body_rows(page).get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/calls/{session}"))


def test_nothing_found_says_what_to_do(page, server):
    page.goto(f"{server.url}/calls?search=nobody-has-this")
    expect(page.get_by_role("heading", name="No calls here.")).to_be_visible()
    page.get_by_role("button", name="Clear filters").last.click()
    expect(body_rows(page).first).to_be_visible()


def test_older_calls_are_pages_away(page, server):
    page.goto(f"{server.url}/calls")
    newest = body_rows(page).first.inner_text()
    page.get_by_role("link", name="Older").click()
    expect(page).to_have_url(re.compile("cursor="))
    expect(page.get_by_role("heading", name="Older calls")).to_be_visible()
    expect(body_rows(page).first).not_to_have_text(newest)
    page.reload()
    expect(page.get_by_role("heading", name="Older calls")).to_be_visible()
    page.get_by_role("link", name="Newest").click()
    expect(page.get_by_role("heading", name="Newest calls")).to_be_visible()


def test_a_filter_that_is_not_understood_is_dropped(page, server):
    page.goto(f"{server.url}/calls?view=requests&modality=smell&status=wet")
    expect(body_rows(page).first).to_be_visible()
    expect(page.get_by_label("Leg", exact=True)).to_have_value("")
    expect(page.get_by_label("Status", exact=True)).to_have_value("")


def test_a_request_shows_its_price_line_by_line(page, server):
    opened_requests(page, server, "&model=acme/parrot-2&status=completed")
    body_rows(page).first.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("sample prices")
    expect(dialog).to_contain_text("2.50")
    assert query(page)["request"]
    page.reload()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert "request" not in query(page)


def test_an_unknown_price_is_never_zero(page, server):
    opened_requests(page, server, "&model=wren/reason-next-preview&status=completed")
    row = body_rows(page).first
    expect(row).to_contain_text(re.compile("unknown|unpriced", re.IGNORECASE))
    expect(row).not_to_contain_text("$0")


def test_a_receipt_tells_the_call_turn_by_turn(page, server):
    page.goto(f"{server.url}/calls?project=support")
    page.locator("a[data-row]").nth(8).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("RM_")
    expect(page.get_by_text(re.compile("^Loading "))).to_have_count(0)
    session = page.get_by_role("heading", level=1).inner_text()
    with urllib.request.urlopen(f"{server.url}/v1/sessions/{session}", timeout=30) as answer:
        receipt = json.load(answer)
    assert len(receipt["legs"]) >= 3
    for leg in receipt["legs"]:
        expect(
            page.get_by_role("rowheader", name=f"{leg['provider']}/{leg['model']}")
        ).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as JSON").click()
    assert download.value.suggested_filename.startswith("receipt-RM_")


def test_a_call_that_is_not_there(page, server, faults):
    faults.expect("status of 404")
    page.goto(f"{server.url}/calls/RM_NOBODY")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("RM_NOBODY")
    expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
