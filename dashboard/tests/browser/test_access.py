"""Signing in with an API key, what its scopes allow, and signing out."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect


@pytest.fixture
def key(own_server, voicegw):
    """`key("read")`: a new API key of the server's store."""

    def make(*scopes, name="eve"):
        command = ["keys", "create", name, "--scopes", ",".join(scopes), "--json"]
        return json.loads(voicegw(own_server, *command))

    return make


@pytest.fixture(autouse=True)
def _refused_on_purpose(faults):
    faults.expect("status of 401")


def sign_in(page, server, token, path="/projects"):
    page.goto(server.url + path)
    page.get_by_label("API key").fill(token)
    page.get_by_role("button", name="Sign in").click()


def test_without_a_key_nothing_is_shown(page, own_server, key):
    key("read")
    page.goto(f"{own_server.url}/projects")
    expect(page.get_by_label("API key")).to_be_focused()
    expect(page.get_by_role("table")).to_have_count(0)
    expect(page.get_by_role("navigation")).to_have_count(0)


def test_a_wrong_key_is_said_to_be_wrong(page, own_server, key):
    key("read")
    sign_in(page, own_server, "vgw_wrong")
    expect(page.get_by_label("API key")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("navigation")).to_have_count(0)


def test_the_address_asked_for_is_shown_and_survives_a_reload(page, own_server, key):
    sign_in(page, own_server, key("read")["token"], "/budgets?project=survey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Budgets")
    assert page.url == f"{own_server.url}/budgets?project=survey"
    expect(page.get_by_text("eve may read", exact=False).first).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Budgets")


def test_the_key_is_only_in_a_cookie_that_no_script_reads(page, own_server, key):
    token = key("read")["token"]
    sign_in(page, own_server, token)
    expect(page.get_by_role("heading", level=1)).to_have_text("Projects")
    stores = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert token not in stores
    assert json.loads(stores)[2] == ""
    for cookie in page.context.cookies():
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Strict"
        assert token not in cookie["value"]


def test_a_reader_is_offered_no_change(page, own_server, key):
    sign_in(page, own_server, key("read")["token"])
    expect(page.get_by_role("table").first).to_be_visible()
    expect(page.get_by_role("button", name="New project")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete pilot")).to_have_count(0)


def test_a_writer_is(page, own_server, key):
    sign_in(page, own_server, key("read", "write")["token"])
    expect(page.get_by_role("button", name="New project")).to_be_visible()
    expect(page.get_by_role("button", name="Delete pilot")).to_be_visible()


def test_who_signs_out_is_out(page, own_server, key):
    sign_in(page, own_server, key("read")["token"])
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("API key")).to_be_visible()
    page.reload()
    expect(page.get_by_label("API key")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("table")).to_have_count(0)


def test_a_revoked_key_ends_the_visit(page, own_server, key, voicegw):
    made = key("read")
    key("read", name="another")
    sign_in(page, own_server, made["token"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Projects")
    voicegw(own_server, "keys", "revoke", made["id"])
    page.wait_for_timeout(1500)
    page.reload()
    expect(page.get_by_label("API key")).to_be_visible()
