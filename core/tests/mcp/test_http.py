"""Who is let in over HTTP, and what clients may do to the server without harm."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import httpx2
import pytest
from mcp_kit import answer, error, over_http, serving

from voicegateway.core.access import key_store
from voicegateway.core.access.keys import revoke_key
from voicegateway.core.config_manager import ConfigManager
from voicegateway.mcp.app import create_mcp_app
from voicegateway.server.app import create_app

READING = ["get_health", "list_providers", "list_models", "list_projects", "list_plugins"]
WRITING = {
    "test_provider": {"provider_id": "brook"},
    "add_provider": {"provider_id": "brook"},
    "delete_provider": {"provider_id": "brook"},
    "register_model": {"model_id": "llm/a", "provider_id": "acme", "model": "m"},
    "delete_model": {"model_id": "llm/a"},
    "create_project": {"project_id": "new"},
    "delete_project": {"project_id": "new"},
}
PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(params=[create_app, create_mcp_app], ids=["serve", "mcp"])
def app(request, home):
    """The whole server, and the tools on a port of their own."""
    return request.param()


async def post(port, token=None, body=PING, **headers):
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    async with httpx2.AsyncClient(timeout=30) as http:
        url = f"http://127.0.0.1:{port}/mcp"
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **ACCEPT, **headers}
        return await http.post(url, content=sent, headers=headers)


async def test_scopes(app, key):
    tokens = {scope: key(scope, name=scope) for scope in ("read", "write", "admin")}
    async with serving(app) as port:
        async with over_http(port, tokens["read"]) as client:
            assert len((await client.list_tools()).tools) == 19
            for tool in READING:
                await answer(client, tool)
            for tool, arguments in WRITING.items():
                found = await error(client, tool, **arguments)
                assert found["code"] == "INSUFFICIENT_SCOPE", tool
                assert found["details"] == {"scope": "write", "scopes": ["read"]}
            await answer(client, "get_costs", period="today")
            left = await answer(client, "get_provider", provider_id="brook")
            assert left["source"] is None  # nothing was written
        for scope in ("write", "admin"):
            async with over_http(port, tokens[scope]) as client:
                await answer(client, "get_health")
                await answer(client, "create_project", project_id=f"by-{scope}")


async def test_a_token_is_always_needed(app):
    """Also on a loopback address, and where no key was ever made."""
    async with serving(app) as port:
        refused = await post(port)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
        said = refused.json()["error"]
        assert said["code"] == "UNAUTHENTICATED"
        assert "voicegw keys create" in said["message"]
        for wrong in ("wrong", "vgw_0123456789ab_" + "0" * 64):
            assert (await post(port, wrong)).status_code == 401
        basic = await post(port, Authorization="Basic dXNlcjpwYXNz")
        assert basic.status_code == 401
        async with httpx2.AsyncClient() as http:
            for method in ("GET", "DELETE", "PUT", "OPTIONS"):
                answered = await http.request(method, f"http://127.0.0.1:{port}/mcp")
                assert answered.status_code == 401, method


async def test_keys_end(app, key):
    token = key("read")
    async with serving(app) as port:
        assert (await post(port, token)).status_code == 200
        store = key_store(ConfigManager().layers().config)
        revoke_key(store, store.rows()[0].id, actor="cli")
        for _ in range(300):
            if (await post(port, token)).status_code == 401:
                return
            await asyncio.sleep(0.05)
    raise AssertionError("a revoked key still opens")


async def test_the_token_of_the_environment(home, monkeypatch):
    monkeypatch.setenv("VOICEGW_MCP_TOKEN", "environment-token-0123456789abcdef")
    async with serving(create_app()) as port:
        async with over_http(port, "environment-token-0123456789abcdef") as client:
            await answer(client, "create_project", project_id="new")
        assert (await post(port, "environment-token-0123456789abcdee")).status_code == 401
    (entry,) = ConfigManager().audit_log()
    assert (entry.actor, entry.resource) == ("mcp", "new")


async def test_guessing_is_slowed(app, key):
    token = key("read")
    async with serving(app) as port:
        answered = await asyncio.gather(*(post(port, f"wrong-{number}") for number in range(40)))
        assert {one.status_code for one in answered} <= {401, 429}
        slowed = [one for one in answered if one.status_code == 429]
        assert slowed
        assert int(slowed[0].headers["retry-after"]) >= 1
        assert slowed[0].json()["error"]["code"] == "TOO_MANY_ATTEMPTS"
        let_in = await post(port, token)  # who has a key is not kept out
        assert let_in.status_code == 200, let_in.text


@pytest.mark.parametrize("create", [create_app, create_mcp_app], ids=["serve", "mcp"])
async def test_origin_and_host(home, key, create):
    path = home / "voicegw.yaml"
    path.write_text(path.read_text() + "server:\n  cors_origins: ['https://ops.example.com']\n")
    token = key("read")
    async with serving(create()) as port:
        asked = {
            "Origin": "https://ops.example.com",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type, mcp-protocol-version",
        }
        async with httpx2.AsyncClient() as http:
            url = f"http://127.0.0.1:{port}/mcp"
            assert (await http.options(url, headers=asked)).status_code == 200
            asked["Origin"] = "https://evil.example.com"
            assert (await http.options(url, headers=asked)).status_code == 400
        for origin in ("https://ops.example.com", "http://localhost:6274", "http://127.0.0.1"):
            assert (await post(port, token, Origin=origin)).status_code == 200, origin
        for origin in (
            "https://evil.example.com",
            "http://ops.example.com",
            "https://ops.example.com.evil.example",
            "http://localhost.evil.example",
            "null",
            "http://",
            "http://[::1",
        ):
            refused = await post(port, token, Origin=origin)
            assert refused.status_code == 403, origin
            assert refused.json()["error"]["code"] == "ORIGIN_REFUSED"
        for host in (f"localhost:{port}", f"[::1]:{port}", "ops.example.com"):
            assert (await post(port, token, Host=host)).status_code == 200, host
        for host in (f"rebound.example.com:{port}", "localhost.evil.example", "evil@localhost.x"):
            refused = await post(port, token, Host=host)
            assert refused.status_code == 421, host
            assert refused.json()["error"]["code"] == "HOST_REFUSED"


async def test_what_is_no_request(app, key):
    token = key("read")
    async with serving(app) as port:
        for body in (b"", b"{", b"[]", b"7", b'{"jsonrpc": "2.0"}', b"\xff\xfe", b"[" * 100_000):
            refused = await post(port, token, body)
            assert refused.status_code == 400, body[:20]
            assert refused.json()["error"]["code"] == "BAD_REQUEST"
        assert (await post(port, token, b" " * 1_100_000)).status_code == 413
        unknown = await post(port, token, {**PING, "method": "tools/drop"})
        assert "error" in unknown.json()
        assert (await post(port, token)).status_code == 200


async def test_many_clients_at_once(app, key, rows):
    async def one(token, project):
        async with over_http(port, token) as client:
            costs = [answer(client, "get_costs", period="today") for _ in range(5)]
            made = answer(client, "create_project", project_id=project)
            *found, _ = await asyncio.gather(*costs, made)
            assert {one["total_usd"] for one in found} == {"0.005000"}

    tokens = [key("write", name=f"key-{number}") for number in range(4)]
    async with serving(app) as port:
        await asyncio.gather(*(one(token, f"p{at}") for at, token in enumerate(tokens)))
    log = ConfigManager().audit_log()
    written = {(entry.actor, entry.resource) for entry in log if entry.kind == "project"}
    assert written == {(f"key-{number}", f"p{number}") for number in range(4)}


async def test_clients_that_leave(app, key):
    """At whatever moment one leaves, its change is made and audited, or neither; others are served
    meanwhile and after."""
    token = key("write")
    async with serving(app) as port:
        for number, seconds in enumerate((0, 0.01, 0.05, 0.1, 0.2, 0.4)):
            head, body = _raw_call(token, f"left-{number}")
            for cut in (len(body) // 2, len(body)):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(head + body[:cut])
                await writer.drain()
                await asyncio.sleep(seconds)
                writer.close()
                await writer.wait_closed()
        async with over_http(port, token) as client:
            made = await answer(client, "create_project", project_id="stayed")
            assert made["source"] == "managed"
    projects = {one.id for one in ConfigManager().list("project") if one.source == "managed"}
    audited = [one.resource for one in ConfigManager().audit_log() if one.kind == "project"]
    assert projects == set(audited)
    assert len(audited) == len(projects)
    assert "stayed" in projects


def _raw_call(token, project):
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "create_project", "arguments": {"project_id": project}},
    }
    body = json.dumps(call).encode()
    head = (
        f"POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nAccept: {ACCEPT['Accept']}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode(), body


def test_the_sdk_is_loaded_when_tools_are_asked_for(home):
    """It takes a second and 25 MB: a server that nobody asks for tools is spared both."""
    program = (
        "import sys\n"
        "from starlette.testclient import TestClient\n"
        "from voicegateway.server.app import create_app\n"
        "with TestClient(create_app(), base_url='http://localhost') as client:\n"
        "    assert client.get('/health').status_code == 200\n"
        "    assert client.post('/mcp', json={}).status_code == 401\n"
        "print([name for name in sys.modules if name.partition('.')[0] == 'mcp'])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert ran.stdout == "[]\n", ran.stderr
