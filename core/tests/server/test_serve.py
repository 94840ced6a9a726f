"""`voicegw serve` and `voicegw keys` as processes."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

VOICEGW = [sys.executable, "-c", "from voicegateway.cli import main; main()"]


def run(*arguments, stdin=None):
    return subprocess.run(
        [*VOICEGW, *arguments],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
        input=stdin,
    )


class Serving:
    """A server of its own process; `text` is what it has said on stderr so far."""

    def __init__(self, *arguments):
        self.text = ""
        self.process = subprocess.Popen(
            [*VOICEGW, "serve", "--port", "0", *arguments], stderr=subprocess.PIPE, text=True
        )
        while "startup complete" not in self.text:
            line = self.process.stderr.readline()
            assert line, self.text
            self.text += line
        self.url = re.search(r"http://\S+", self.text)[0]

    def ask(self, path, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.text += self.process.communicate(timeout=60)[1]
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_stops_when_told(how):
    with Serving() as serving:
        status, said = serving.ask("/health")
        assert (status, said["status"]) == (200, "ok")
        assert serving.ask("/v1/costs?project=canary-of-a-query")[0] == 404
        assert serving.stop(how) == 0
    assert "GET /v1/costs HTTP/1.1" in serving.text
    assert "canary" not in serving.text
    assert "Traceback" not in serving.text


def test_a_key_that_is_revoked_elsewhere_is_dead_soon(database):
    made = json.loads(run("keys", "create", "Ann", "--scopes", "read", "--json").stdout)
    with Serving("--host", "0.0.0.0") as serving:
        serving.url = serving.url.replace("0.0.0.0", "127.0.0.1")
        assert serving.ask("/v1/costs")[0] == 401
        assert serving.ask("/v1/costs", made["token"])[0] == 200
        assert run("keys", "revoke", made["id"]).returncode == 0
        until = time.monotonic() + 30
        while serving.ask("/v1/costs", made["token"])[0] == 200:
            assert time.monotonic() < until
        assert serving.stop() == 0
    assert made["token"] not in serving.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_without_a_key_no_other_address_is_listened_on(host):
    refused = run("serve", "--host", host, "--port", "0")
    assert refused.returncode == 2
    assert "voicegw keys create" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_key_that_is_revoked_is_none():
    made = json.loads(run("keys", "create", "Ann", "--scopes", "read", "--json").stdout)
    run("keys", "revoke", made["id"])
    assert run("serve", "--host", "0.0.0.0", "--port", "0").returncode == 2


def test_a_port_that_is_taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = run("serve", "--port", str(port))
    assert refused.returncode == 2
    assert f"127.0.0.1:{port} is taken" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("VOICEGW_PORT", "http", "no port"), ("VOICEGW_HOST", "no.such.host.invalid", "not known")],
)
def test_a_variable_that_is_wrong(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    refused = run("serve")
    assert refused.returncode == 2
    assert said in refused.stderr


def test_livekit_stays_out():
    program = (
        "import sys; from voicegateway.server.app import create_app; create_app(); "
        "print(sorted(name for name in sys.modules if name.startswith(('livekit', 'mcp.'))))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"


def test_keys_by_command():
    made = json.loads(
        run("keys", "create", "ci", "--scopes", "read,write", "--expires", "30d", "--json").stdout
    )
    assert list(made) == ["id", "name", "token", "scopes", "expires_at"]
    assert (made["name"], made["scopes"]) == ("ci", ["read", "write"])
    shown = run("keys", "create", "plain", "--scopes", "read")
    assert re.fullmatch(r"vgw_[0-9a-f]{12}_[0-9a-f]{64}\n", shown.stdout)
    listed = run("keys", "list", "--json").stdout
    assert [one["name"] for one in json.loads(listed)] == ["ci", "plain"]
    assert made["token"] not in listed
    assert "revoked" in run("keys", "revoke", made["id"]).stdout
    assert "revoked" in run("keys", "list").stdout
    for wrong in (["create", "x", "--scopes", "root"], ["revoke", "nobody"],
                  ["create", "x", "--scopes", "read", "--expires", "soon"]):  # fmt: skip
        refused = run("keys", *wrong)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)


def test_a_key_of_ones_own_is_hashed_for_the_config(yaml):
    text = run("keys", "hash", stdin="a key of my own\n").stdout.strip()
    yaml(f"auth: {{api_keys: [{{name: me, hash: '{text}', scopes: [admin]}}]}}")
    with Serving() as serving:
        assert serving.ask("/v1/keys")[0] == 401
        assert serving.ask("/v1/keys", "a key of my own")[0] == 200
        assert serving.stop() == 0
    assert run("keys", "hash", stdin="\n").returncode == 2
