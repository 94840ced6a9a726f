"""`voicegw mcp` as a child process: what goes over its pipe, and how it ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest
from mcp_kit import COMMAND, PLUGIN, answer, over_http, over_stdio

from voicegateway.core.config_manager import ConfigManager

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def started(*options, **environment):
    return subprocess.Popen(
        [sys.executable, *COMMAND, *options],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def call(number, tool, **arguments):
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


def test_stdout_carries_the_protocol_alone(home):
    """Also where a plugin prints, at its import and when it is asked."""
    plugin = home / "installed" / "voicegw_acme_plugin.py"
    plugin.write_text(f"print('printed at import')\n{PLUGIN}")
    sent = [
        INITIALIZE,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        call(2, "list_plugins"),
        call(3, "test_provider", provider_id="acme"),
    ]
    with started() as process:
        for message in sent:
            process.stdin.write(json.dumps(message) + "\n")
        process.stdin.write("this is no JSON\n")
        process.stdin.flush()
        lines = []
        while {one.get("id") for one in lines} < {1, 2, 3}:
            lines.append(json.loads(process.stdout.readline()))
        process.stdin.close()
        lines += [json.loads(line) for line in process.stdout]
        assert process.wait(30) == 0
    assert all(one["jsonrpc"] == "2.0" for one in lines)
    tested = next(one for one in lines if one.get("id") == 3)
    assert tested["result"]["structuredContent"]["ok"] is True


def test_it_ends_with_its_client(home):
    for ending in ("stdin", "kill"):
        process = started()
        process.stdin.write(json.dumps(INITIALIZE) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        if ending == "kill":  # a client that was killed leaves both ends broken
            process.stdin.write(json.dumps(call(2, "get_health")) + "\n")
            process.stdout.close()
        process.stdin.close()
        process.wait(30)
        assert "Traceback" not in process.stderr.read(), ending
        process.stderr.close()
        if not process.stdout.closed:
            process.stdout.close()


async def test_writes_are_audited(home):
    async with over_stdio() as client:
        await answer(client, "create_project", project_id="new")
        await answer(client, "delete_project", project_id="new", confirm=True)
    log = [(one.actor, one.action, one.resource) for one in ConfigManager().audit_log()]
    assert log == [("mcp", "delete", "new"), ("mcp", "create", "new")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "80"], "-t http"),
        (["-t", "pigeon"], "pigeon"),
        (["-c", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_wrong_use(home, options, said):
    with started(*options) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said in err
    assert out == ""


async def test_over_http(home, key):
    """`voicegw mcp -t http` serves the tools, and nothing of the API."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    token = key("read")
    with started("-t", "http", "--port", str(port)) as process:
        said = process.stderr.readline()
        assert said.strip() == f"The tools are at http://127.0.0.1:{port}/mcp"
        async with over_http(port, token) as client:
            await answer(client, "get_health")
        process.terminate()
        assert process.wait(30) == 0
        assert token not in process.stderr.read()


def test_without_a_key_it_says_how_to_make_one(home):
    with started("-t", "http", "--port", "0") as process:
        assert "voicegw keys create" in process.stderr.readline()
        process.terminate()
        process.communicate(timeout=30)
