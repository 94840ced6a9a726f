"""Pictures of every page in both themes, for the docs and to look at after a run:

VOICEGW_SHOTS=docs/dashboard python -m pytest dashboard/tests/browser/test_pictures.py
"""

from __future__ import annotations

import pytest

PAGES = {
    "overview": "/",
    "calls": "/calls",
    "requests": "/calls?view=requests",
    "costs": "/costs",
    "latency": "/latency",
    "budgets": "/budgets",
    "reconcile": "/reconcile",
    "plugins": "/plugins",
    "projects": "/projects",
    "audit": "/audit",
    "settings": "/settings",
}
SMALL = {"width": 1200, "height": 760}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, "receipt"])
def test_a_picture(opened, server, settle, shots, name, theme):
    page = opened(viewport=SMALL, color_scheme=theme, reduced_motion="reduce")
    if name == "receipt":
        page.goto(f"{server.url}/calls?project=support")
        page.locator("a[data-row]").nth(4).click()
        page.wait_for_url("**/calls/RM_*")
    else:
        page.goto(server.url + PAGES[name])
    settle(page)
    page.wait_for_timeout(300)
    picture = page.screenshot(path=shots / f"{name}-{theme}.png")
    assert len(picture) < 250_000
