"""Light and dark: by the system, or by the switch, which is remembered."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def brightness(page):
    red, green, blue = page.evaluate(f"{BACKGROUND}.match(/\\d+/g).slice(0, 3).map(Number)")
    return (red + green + blue) / 3


def choose(page, theme):
    colours = page.get_by_role("group", name="Colours").first
    colours.get_by_role("button", name=theme, exact=True).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_system(opened, server, scheme):
    page = opened(color_scheme=scheme)
    page.goto(f"{server.url}/settings")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert (brightness(page) > 128) == (scheme == "light")


def test_the_switch_wins_and_is_kept(opened, server):
    page = opened(color_scheme="light")
    page.goto(f"{server.url}/settings")
    choose(page, "Dark")
    assert brightness(page) < 128
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert brightness(page) < 128
    choose(page, "Auto")
    assert brightness(page) > 128


def test_a_dark_page_never_flashes_white(opened, server):
    """The theme is there before anything is painted: before the modules run."""
    page = opened(color_scheme="light")
    page.goto(f"{server.url}/settings")
    choose(page, "Dark")
    page.route("**/assets/*.js", lambda route: route.abort())
    page.goto(f"{server.url}/settings", wait_until="commit")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.fixture(autouse=True)
def _aborted_on_purpose(faults):
    faults.expect("ERR_FAILED .*/assets/")
