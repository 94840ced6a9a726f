"""`docs/mcp.md` and the tools say the same."""

from __future__ import annotations

import re
from pathlib import Path

from voicegateway.mcp.server import listed
from voicegateway.mcp.tools import TOOLS

TEXT = (Path(__file__).parents[3] / "docs" / "mcp.md").read_text(encoding="utf-8")


def documented():
    rows = re.findall(r"^\| `(\w+)` \| (read|write) \| (.*?) \|", TEXT, re.MULTILINE)
    return [
        (name, scope, re.findall(r"`(\[?\w+\]?)`", arguments)) for name, scope, arguments in rows
    ]


def test_every_tool_is_described_as_it_is():
    assert documented() == [
        (
            tool.name,
            tool.scope,
            [
                name if field.is_required() else f"[{name}]"
                for name, field in tool.arguments.model_fields.items()
            ],
        )
        for tool in TOOLS
    ]


def test_what_a_client_may_expect_of_a_tool():
    for tool in TOOLS:
        said = listed(tool).annotations
        assert said.read_only_hint is not tool.changes
        assert said.destructive_hint is tool.name.startswith("delete_")
        assert tool.destructive is ("confirm" in tool.arguments.model_fields)
        if tool.changes:
            assert tool.scope == "write"
        assert said.open_world_hint is (tool.name == "test_provider")


def test_every_code_is_described():
    source = Path(__file__).parents[2] / "src" / "voicegateway" / "mcp"
    written = "\n".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    codes = set(re.findall(r'Fault\(\s*"([A-Z_]+)"', written))
    codes |= set(re.findall(r'Error, "([A-Z_]+)"\)', written))
    assert {"CONFIRMATION_REQUIRED", "HOST_REFUSED", "BUDGET_EXCEEDED"} <= codes
    assert not [code for code in sorted(codes) if f"`{code}`" not in TEXT]
