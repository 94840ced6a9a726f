"""Where a provider's check may lead: names that move, and redirects."""

from __future__ import annotations

import http.server
import threading

import pytest
import server_kit as server

PLUGIN = """
import socket
import urllib.error
import urllib.request
from voicegateway import hookimpl
from voicegateway.types import Modality, ProviderCheck, ProviderInfo

real = socket.getaddrinfo
asked = []

def moving(host, *args, **kwargs):
    if host != "rebinding.acme.example":
        return real(host, *args, **kwargs)
    asked.append(host)
    now = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
    port = args[0] if args else kwargs.get("port")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (now, port or 0))]

socket.getaddrinfo = moving

@hookimpl
def provider_info():
    return ProviderInfo(title="Acme", modalities=frozenset({Modality.STT}))

@hookimpl
def create_stt(model, language, settings, options):
    raise RuntimeError("nobody calls a vendor here")

@hookimpl
def check_provider(settings):
    url = settings.extra.get("mirror") or settings.base_url
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=5) as answer:
        return ProviderCheck(ok=True, detail=answer.read().decode())
"""


class Inside(http.server.BaseHTTPRequestHandler):
    """Something that only this machine can reach."""

    def do_GET(self):
        self.server.visits.append(self.path)
        there = "http://169.254.169.254/latest" if self.path == "/away" else None
        self.send_response(302 if there else 200)
        if there:
            self.send_header("Location", there)
        self.end_headers()
        self.wfile.write(b"the secrets of the house")

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def inside():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inside) as served:
        served.visits = []
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield served
        served.shutdown()
        thread.join()


@pytest.fixture
def port(inside):
    return inside.server_address[1]


@pytest.fixture
def plugin(acme, tmp_path):
    (tmp_path / "installed" / "acme_plugin.py").write_text(PLUGIN)


def test_the_config_file_may_name_a_server_of_this_machine(plugin, yaml, inside, port):
    config = yaml(f"providers: {{acme: {{base_url: 'http://127.0.0.1:{port}/models'}}}}")
    with server.serving(config) as client:
        found = client.post("/v1/providers/acme/test").json()
    assert (found["ok"], inside.visits) == (True, ["/models"])


def test_and_is_not_led_on_to_metadata(plugin, yaml, inside, port):
    config = yaml(f"providers: {{acme: {{base_url: 'http://127.0.0.1:{port}/away'}}}}")
    with server.serving(config) as client:
        found = client.post("/v1/providers/acme/test").json()
    assert found["ok"] is False
    assert "server.allowed_hosts" in found["detail"]
    assert inside.visits == ["/away"]


def test_nor_is_metadata_asked_because_the_config_file_says_so(plugin, yaml):
    config = yaml("providers: {acme: {base_url: 'http://169.254.169.254/latest'}}")
    with server.serving(config) as client:
        found = client.post("/v1/providers/acme/test").json()
    assert found["ok"] is False
    assert "link-local, metadata" in found["detail"]


def test_a_managed_address_that_moves_is_not_followed(plugin, client, inside, port):
    """It is a public one when it is written and checked, and this machine's when it is used."""
    url = f"http://rebinding.acme.example:{port}/models"
    assert client.post("/v1/providers", json={"id": "acme", "base_url": url}).status_code == 201
    found = client.post("/v1/providers/acme/test").json()
    assert found["ok"] is False
    assert "the secrets" not in found["detail"]
    assert "server.allowed_hosts" in found["detail"]
    assert inside.visits == []


def test_a_managed_address_inside_is_not_written(plugin, client, inside, port):
    for settings in ({"base_url": f"http://127.0.0.1:{port}"}, {"mirror": f"http://[::1]:{port}"}):
        response = client.post("/v1/providers", json={"id": "acme", **settings})
        assert (response.status_code, response.json()["error"]["code"]) == (422, "VALIDATION_ERROR")
    assert client.get("/v1/audit-log").json()["rows"] == []
    assert inside.visits == []


def test_unless_its_host_is_allowed(plugin, yaml, inside, port):
    with server.serving(yaml("server: {allowed_hosts: [127.0.0.1]}")) as client:
        body = {"id": "acme", "base_url": f"http://127.0.0.1:{port}/models"}
        assert client.post("/v1/providers", json=body).status_code == 201
        assert client.post("/v1/providers/acme/test").json()["ok"] is True
    assert inside.visits == ["/models"]
