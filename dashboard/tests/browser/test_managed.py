"""Making, changing and deleting what is managed; what the file owns is only read."""

from __future__ import annotations

import json
import re
import urllib.request
from decimal import Decimal

from playwright.sync_api import expect


def api(server, path):
    with urllib.request.urlopen(f"{server.url}/v1/{path}", timeout=30) as answer:
        return json.load(answer)


def row(page, name):
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))


def test_a_project_is_made_changed_and_deleted(page, own_server):
    page.goto(f"{own_server.url}/projects")
    page.get_by_role("button", name="New project").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Id").fill("harbour")
    dialog.get_by_label("Budget a day").fill("2.50")
    dialog.get_by_role("button", name="Create the project").click()
    expect(dialog).to_have_count(0)
    expect(row(page, "harbour")).to_contain_text("$2.50")
    assert Decimal(api(own_server, "projects/harbour")["daily_budget_usd"]) == Decimal("2.5")

    page.get_by_role("button", name="Edit harbour").click()
    dialog.get_by_label("Budget a day").fill("3")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "harbour")).to_contain_text("$3")

    page.get_by_role("button", name="Delete harbour").click()
    dialog.get_by_role("button", name="Keep it").click()
    expect(row(page, "harbour")).to_have_count(1)
    page.get_by_role("button", name="Delete harbour").click()
    expect(dialog).to_contain_text("harbour")
    dialog.get_by_role("button", name="Delete").click()
    expect(row(page, "harbour")).to_have_count(0)

    page.goto(f"{own_server.url}/audit")
    expect(page.get_by_role("row").filter(has_text="harbour")).to_have_count(3)


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(page, own_server, faults):
    faults.expect("status of 4")
    page.goto(f"{own_server.url}/projects")
    page.get_by_role("button", name="New project").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Id").fill("harbour")
    dialog.get_by_label("Description").fill("a long text")
    dialog.get_by_label("Budget a day").fill("plenty")
    dialog.get_by_role("button", name="Create the project").click()
    expect(dialog.get_by_label("Budget a day")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Description")).to_have_value("a long text")
    dialog.get_by_label("Budget a day").fill("1")
    dialog.get_by_role("button", name="Create the project").click()
    expect(row(page, "harbour")).to_have_count(1)


def test_what_the_file_owns_says_which_file(page, own_server):
    page.goto(f"{own_server.url}/projects")
    expect(row(page, "support")).to_have_count(1)
    expect(page.get_by_role("button", name="Edit support")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete support")).to_have_count(0)
    expect(page.get_by_text(str(own_server.config)).first).to_be_visible()


def test_a_dialog_holds_the_focus_and_gives_it_back(page, own_server):
    page.goto(f"{own_server.url}/projects")
    button = page.get_by_role("button", name="New project")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        inside = (
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_another_process_changes_a_budget(page, own_server, faults):
    """As the CLI, an MCP client or another browser would."""
    page.goto(f"{own_server.url}/projects")
    expect(page.get_by_text("Live", exact=True).locator("visible=true")).to_be_visible()
    expect(row(page, "pilot")).to_contain_text("$25")
    request = urllib.request.Request(
        f"{own_server.url}/v1/projects/pilot",
        json.dumps({"monthly_budget": "31"}).encode(),
        {"Content-Type": "application/json"},
        method="PATCH",
    )
    urllib.request.urlopen(request, timeout=30).close()
    expect(row(page, "pilot")).to_contain_text(re.compile(r"\$31(\.00)?"))
