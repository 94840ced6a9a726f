"""What holds of every page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

PAGES = {
    "overview": "/",
    "calls": "/calls",
    "costs": "/costs",
    "latency": "/latency",
    "budgets": "/budgets",
    "reconcile": "/reconcile",
    "plugins": "/plugins",
    "projects": "/projects",
    "audit": "/audit",
    "settings": "/settings",
}
EVERY = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)


@EVERY
def test_it_opens_at_its_address_and_its_title_says_where(page, server, settle, path):
    page.goto(server.url + path)
    settle(page)
    heading = page.get_by_role("heading", level=1).inner_text()
    expect(page).to_have_title(f"{heading} · VoiceGateway")
    current = page.get_by_role("navigation", name="Pages").locator("[aria-current=page]")
    expect(current).to_have_count(1)
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"\S"))).to_have_count(0)


@EVERY
def test_it_fits_a_phone(phone, server, settle, path):
    phone.goto(server.url + path)
    settle(phone)
    wide = phone.evaluate("document.documentElement.scrollWidth")
    assert wide <= 375


@EVERY
def test_all_of_it_is_reached_by_the_keyboard(page, server, settle, path):
    page.goto(server.url + path)
    settle(page)
    wanted = page.evaluate(_MARK_REACHABLE)
    assert wanted > 10
    page.locator("body").press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    for _ in range(wanted * 3):
        page.keyboard.press("Tab")
        if page.evaluate(_UNREACHED) == 0:
            break
    assert page.evaluate(_UNREACHED_NAMES) == []


_MARK_REACHABLE = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const shown = all.filter((one) => !one.disabled && one.tabIndex >= 0 &&
    one.checkVisibility({ visibilityProperty: true }));
  window.unreached = new Set(shown);
  document.addEventListener("focusin", (event) => {
    window.unreached.delete(event.target);
    // Of a group of radio buttons one is a stop; the arrows lead to the others.
    if (event.target.type === "radio") for (const one of [...window.unreached])
      if (one.name === event.target.name) window.unreached.delete(one);
  });
  return shown.length;
}"""
_UNREACHED = "[...window.unreached].filter((one) => one.isConnected).length"
_UNREACHED_NAMES = (
    "[...window.unreached].filter((one) => one.isConnected).map((one) => one.outerHTML)"
)
