"""Keys and what was said leave the gateway in no answer, error, log line or span."""

from __future__ import annotations

import json
import logging
import os
import sys

import httpx2
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_kit import CANARY, COMMAND, over_http, serving

from voicegateway.core.config_manager import ConfigManager
from voicegateway.server.app import create_app

SECOND = "sk-second-canary-7d1e90ab33c4"
THIRD = "tok-third-canary-51b2aa90ffe1"

CALLS = [
    ("add_provider", {"provider_id": "brook", "api_key": SECOND, "settings": {"token": THIRD}}),
    ("add_provider", {"provider_id": "brook", "api_key": SECOND}),
    ("add_provider", {"provider_id": "acme", "api_key": SECOND}),
    ("add_provider", {"provider_id": "creek", "api_key": [SECOND]}),
    ("add_provider", {"provider_id": "creek", "api_key": {"key": SECOND}, "settings": SECOND}),
    ("add_provider", {"provider_id": "creek", "api_key": SECOND, "base_url": 5, "kye": THIRD}),
    ("add_provider", {"provider_id": "creek", "settings": {"api_key": SECOND}}),
    ("add_provider", {"provider_id": "creek", "base_url": f"https://u:{SECOND}@vendor.example"}),
    ("get_provider", {"provider_id": "brook"}),
    ("get_provider", {"provider_id": "creek"}),
    ("get_provider", {"provider_id": "acme"}),
    ("get_provider_status", {}),
    ("list_providers", {}),
    ("test_provider", {"provider_id": "acme"}),
    ("test_provider", {"provider_id": "brook"}),
    ("list_plugins", {}),
    ("get_health", {}),
    ("list_projects", {}),
    ("delete_provider", {"provider_id": "brook"}),
    ("delete_provider", {"provider_id": "brook", "confirm": True}),
]


async def _everything(client):
    found = [
        (await client.call_tool(tool, arguments)).model_dump_json() for tool, arguments in CALLS
    ]
    return "\n".join(found)


def _nothing_of_them_in(text):
    for secret in (CANARY, SECOND, THIRD):
        assert secret not in text
        assert secret[4:-4] not in text


async def test_over_http(home, key, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    token = key("write")
    async with serving(create_app()) as port:
        for mode in ("auto", "legacy"):
            async with over_http(port, token, mode) as client:
                answered = await _everything(client)
                assert '"is_error":false' in answered or '"isError":false' in answered
                _nothing_of_them_in(answered)
    out, err = capfd.readouterr()
    ours = [
        one
        for one in caplog.records
        if not one.name.startswith(("mcp.client", "httpx2", "httpcore"))
    ]
    lines = "\n".join(f"{one.name} {one.getMessage()} {one.exc_text}" for one in ours)
    _nothing_of_them_in(out + err + lines)
    assert token not in out + err + lines
    audited = ConfigManager().audit_log()
    assert "brook" in {one.resource for one in audited}
    _nothing_of_them_in(json.dumps([[one.before_json, one.after_json] for one in audited]))


async def test_over_stdio(home, tmp_path):
    heard = tmp_path / "stderr.txt"
    parameters = StdioServerParameters(command=sys.executable, args=COMMAND, env=dict(os.environ))
    with heard.open("w") as stderr:
        async with Client(stdio_client(parameters, errlog=stderr)) as client:
            _nothing_of_them_in(await _everything(client))
    _nothing_of_them_in(heard.read_text())


async def test_what_cannot_be_read_is_not_repeated(home, key):
    token = key("read")
    bodies = [
        {"jsonrpc": "2.0", "id": {"key": SECOND}, "method": ["x", SECOND]},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": [SECOND]}},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": [SECOND]},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": SECOND}},
    ]
    async with serving(create_app()) as port, httpx2.AsyncClient() as http:
        for version in ("2025-06-18", "2026-07-28"):
            headers = {
                "Authorization": f"Bearer {token}",
                "Accept": "application/json, text/event-stream",
                "MCP-Protocol-Version": version,
            }
            for body in bodies:
                url = f"http://127.0.0.1:{port}/mcp"
                answered = await http.post(url, json=body, headers=headers)
                assert "error" in answered.json(), (version, body)
                _nothing_of_them_in(answered.text)
