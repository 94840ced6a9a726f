"""What other processes write appears by itself, and the beginning with an empty ledger."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


def live(page, url):
    page.goto(url)
    expect(page.get_by_text("Live", exact=True).locator("visible=true")).to_be_visible()


def never_reloaded(page):
    page.evaluate("window.kept = true")
    return lambda: page.evaluate("window.kept === true")


@pytest.mark.parametrize("path", ["/calls", "/calls?view=requests"])
def test_a_row_of_another_process_appears(page, own_server, write_row, path):
    live(page, own_server.url + path)
    kept = never_reloaded(page)
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_text("0.0123")).to_have_count(0)
    write_row(own_server, "RM_FRESH", cost="0.0123")
    expect(page.get_by_role("row").filter(has_text="$0.0123").first).to_be_visible()
    assert kept()


def test_a_running_call_says_so_until_it_ends(page, own_server, running_call):
    live(page, f"{own_server.url}/calls?status=open")
    row = page.get_by_role("row").filter(has_text="RM_OPEN")
    expect(row).to_have_count(0)
    with running_call(own_server, "RM_OPEN"):
        expect(row).to_contain_text("running")
    expect(row).to_have_count(0)


def test_what_a_budget_has_spent_follows(page, own_server, write_row):
    live(page, f"{own_server.url}/budgets?project=support")
    row = page.get_by_role("row").filter(has_text="support").first
    expect(row).to_be_visible()
    before = row.inner_text()
    write_row(own_server, "RM_1", cost="77.7")
    expect(row).not_to_have_text(before)
    expect(row).to_contain_text("spent")


def test_the_first_call_takes_the_place_of_the_first_lines(page, empty_server, write_row):
    page.goto(f"{empty_server.url}/calls")
    expect(page.get_by_text("inference.STT(")).to_be_visible()
    expect(page.get_by_text("inference.TTS(")).to_be_visible()
    write_row(empty_server, "RM_FIRST")
    expect(page.get_by_role("row").filter(has_text="$0.0123").first).to_be_visible()
    expect(page.get_by_text("inference.STT(")).to_have_count(0)
