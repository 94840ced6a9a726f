"""A real browser. Whatever a page should not do fails the test that opened it: an error in its
console, a violation of the content security policy, a request to another host."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} forbids ${event.blockedURI || event.sample}`))"""
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 800}

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def executable():
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        said = "There is no Chromium here: apt-get install chromium."
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    return found


@pytest.fixture(scope="session")
def browser(executable):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        yield browser
        browser.close()


class Faults:
    """What went wrong in a page, apart from what the test expects."""

    def __init__(self):
        self.seen = []
        self._expected = []

    def expect(self, pattern):
        self._expected.append(pattern)

    @property
    def unexpected(self):
        return [
            fault
            for fault in self.seen
            if not any(re.search(pattern, fault) for pattern in self._expected)
        ]

    def watch(self, context):
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.seen.append(f"threw {error.error}"))
        context.on("request", self._asked)

    def _said(self, message):
        if message.type in ("error", "warning"):
            self.seen.append(f"said {message.text} {message.location.get('url', '')}")

    def _asked(self, request):
        if urlsplit(request.url).hostname != "127.0.0.1":
            self.seen.append(f"asked another host: {request.url}")


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def opened(browser, faults, contexts):
    """`opened(viewport=PHONE)`: a page of a browser that has never been here."""

    def new(**options):
        options.setdefault("viewport", WIDE)
        context = browser.new_context(locale="en-GB", timezone_id="UTC", **options)
        context.set_default_timeout(20_000)
        faults.watch(context)
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
    assert faults.unexpected == []


@pytest.fixture
def page(opened):
    return opened()


@pytest.fixture
def phone(opened):
    return opened(viewport=PHONE)


@pytest.fixture
def settle():
    """Wait until what a page asks for has come."""

    def wait(page):
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text(re.compile("^Loading "))).to_have_count(0)

    return wait


@pytest.fixture(scope="session")
def shots(tmp_path_factory):
    """Where pictures of the pages go: the folder that `VOICEGW_SHOTS` names."""
    named = os.environ.get("VOICEGW_SHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
