"""How the built files are served: by real requests, without a browser."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = ["/", "/calls", "/calls/RM_1", "/costs", "/settings", "/not/a/page"]


def get(server, path, headers=HTML, method="GET"):
    """The path goes out as it is written: nothing in between tidies it up."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return (
            answer.status,
            {name.lower(): value for name, value in answer.getheaders()},
            (answer.read()),
        )
    finally:
        connection.close()


@pytest.mark.parametrize("path", PAGES)
def test_every_address_of_a_page_is_the_one_page(server, built, path):
    status, headers, body = get(server, path)
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert body == (built / "index.html").read_bytes()


def test_its_policy_lets_nothing_in_from_elsewhere(server):
    _, headers, _ = get(server, "/")
    policy = dict(
        part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_files_named_after_their_contents_are_kept_for_ever(server, built):
    for file in (built / "assets").iterdir():
        status, headers, body = get(server, f"/assets/{file.name}", {})
        assert status == 200
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["x-content-type-options"] == "nosniff"
        assert body == file.read_bytes()


def test_other_files_are_asked_for_again_and_answered_in_short(server):
    status, headers, _ = get(server, "/theme.js", {})
    assert status == 200
    assert headers["cache-control"] == "no-cache"
    again, _, body = get(server, "/theme.js", {"If-None-Match": headers["etag"]})
    assert (again, body) in [(304, b""), (200, body)]


@pytest.mark.parametrize(
    "path",
    [
        "/../pages.py",
        "/assets/../../pages.py",
        "/..%2fpages.py",
        "/%2e%2e/%2e%2e/pages.py",
        "/assets/..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/..%5cpages.py",
        "/theme.js%00.html",
        "/" + "a" * 5000,
    ],
)
def test_nothing_outside_is_served(server, built, path):
    for headers in (HTML, {}):
        status, _, body = get(server, path, headers)
        assert status in (200, 404)
        if status == 200:
            assert body == (built / "index.html").read_bytes()


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/v1", "/health/x", "/metrics/x", "/assets/gone.js", "/mcp/x"]
)
def test_a_mistyped_path_of_the_api_is_no_page(server, path):
    status, headers, body = get(server, path)
    assert status == 404
    assert headers["content-type"] == "application/json"
    assert set(json.loads(body)["error"]) == {"code", "message", "details"}


def test_a_wrong_method_of_the_api_is_told_and_no_path_repeated(server):
    status, _, body = get(server, "/v1/keys/vgw_canary")
    assert status == 405
    assert b"canary" not in body
    assert b"canary" not in get(server, "/v1/canary")[2]


def test_who_asks_for_no_page_gets_none(server):
    status, _, body = get(server, "/calls", {"Accept": "application/json"})
    assert status == 404
    assert json.loads(body)["error"]["code"] == "NOT_FOUND"


def test_the_api_answers_beside_the_pages(server):
    with urllib.request.urlopen(f"{server.url}/v1/status", timeout=30) as answer:
        assert json.load(answer)["config_path"] == str(server.config)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_are_only_read(server, method):
    status, _, _ = get(server, "/calls", HTML, method)
    assert status in (404, 405)


def test_no_key_is_needed_for_the_pages_and_one_for_the_data(sample, built, serving, tmp_path):
    config = tmp_path / "voicegw.yaml"
    config.write_text(sample.config.read_text())
    with serving(sample.ledger, config, VOICEGW_API_KEY="k" * 40) as server:
        assert get(server, "/")[0] == 200
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{server.url}/v1/status", timeout=30)
        with refused.value as answer:
            assert answer.code == 401


def test_without_a_build_it_says_how_to_make_one(sample, serving, tmp_path):
    """As an editable install is before `npm run build`."""
    import shutil

    import voicegw_dashboard

    source = tmp_path / "unbuilt"
    package = source / "voicegw_dashboard"
    shutil.copytree(voicegw_dashboard.__path__[0], package, ignore=shutil.ignore_patterns("static"))
    config = tmp_path / "voicegw.yaml"
    config.write_text(sample.config.read_text())
    with serving(sample.ledger, config, PYTHONPATH=str(source)) as server:
        status, headers, body = get(server, "/")
        assert status == 503
        assert headers["content-type"].startswith("text/plain")
        assert b"npm ci && npm run build" in body
        assert get(server, "/v1/status")[0] == 200
