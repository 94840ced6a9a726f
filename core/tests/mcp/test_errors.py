"""Every code that a tool may answer with, and how strict the arguments are."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from mcp.shared.exceptions import MCPError
from mcp_kit import answer, error, over_stdio

from voicegateway.errors import BudgetExceededError
from voicegateway.mcp.faults import fault_of

READ_ONLY = [
    ("add_provider", {"provider_id": "acme", "api_key": "another-key-0123456789"}),
    ("delete_provider", {"provider_id": "acme", "confirm": True}),
    ("register_model", {"model_id": "stt/house", "provider_id": "acme", "model": "ear-2"}),
    ("delete_model", {"model_id": "stt/house"}),
    ("create_project", {"project_id": "support"}),
    ("delete_project", {"project_id": "support", "confirm": True}),
]
MISSING = [
    ("get_provider_status", {"provider_id": "acne"}, "PROVIDER_NOT_FOUND"),
    ("get_provider", {"provider_id": "acne"}, "PROVIDER_NOT_FOUND"),
    ("test_provider", {"provider_id": "acne"}, "PROVIDER_NOT_FOUND"),
    ("delete_provider", {"provider_id": "acne"}, "PROVIDER_NOT_FOUND"),
    ("delete_model", {"model_id": "stt/none"}, "MODEL_NOT_FOUND"),
    ("get_project", {"project_id": "suport"}, "PROJECT_NOT_FOUND"),
    ("delete_project", {"project_id": "suport", "confirm": True}, "PROJECT_NOT_FOUND"),
    ("get_costs", {"period": "today", "project": "suport"}, "PROJECT_NOT_FOUND"),
    ("get_latency_stats", {"period": "today", "project": "suport"}, "PROJECT_NOT_FOUND"),
    ("get_logs", {"project": "suport"}, "PROJECT_NOT_FOUND"),
    ("explain_cost", {"request_id": "nothing-1"}, "REQUEST_NOT_FOUND"),
]
WRONG = [
    ("get_costs", {"perid": "today"}, "perid is no argument of this tool: did you mean 'period'?"),
    ("get_health", {"verbose": True}, "verbose is no argument of this tool: it takes none."),
    ("get_costs", {}, "period: Field required."),
    ("get_costs", {"period": "year"}, "period: Input should be 'today', 'week' or 'month'."),
    ("get_costs", {"period": "today", "by": "speaker"}, "by: Input should be"),
    ("get_logs", {"limit": "5"}, "limit: Input should be a valid integer."),
    ("get_logs", {"limit": True}, "limit: Input should be a valid integer."),
    ("get_logs", {"limit": 0}, "limit: Input should be greater than or equal to 1."),
    ("get_logs", {"limit": 201}, "limit: Input should be less than or equal to 200."),
    ("get_logs", {"status": "ok"}, "status: Input should be"),
    ("get_latency_stats", {"period": "today", "modality": "video"}, "modality: Input should be"),
    ("list_models", {"enabled_only": "yes"}, "enabled_only: Input should be a valid boolean."),
    ("get_project", {"project_id": 7}, "project_id: Input should be a valid string."),
    ("delete_project", {"project_id": "x", "confirm": "true"}, "confirm: Input should be a valid"),
    ("delete_project", {"project_id": "x", "confirm": 1}, "confirm: Input should be a valid"),
    ("create_project", {"project_id": "x", "daily_budget": 5}, "daily_budget: Input should be"),
    ("create_project", {"project_id": "x", "daily_budget": "-5"}, "daily_budget: String should"),
    ("create_project", {"project_id": "x", "budget_action": "stop"}, "budget_action: Input"),
    ("create_project", {"project_id": " x"}, "projects"),
    ("create_project", {"project_id": "x", "default_stack": "none"}, "default_stack"),
    ("register_model", {"model_id": "fast", "provider_id": "acme", "model": "m"}, "stt/NAME"),
    ("register_model", {"model_id": "stt/a", "provider_id": "acne", "model": "m"}, "acne"),
    ("add_provider", {"provider_id": "brook", "api_key": 5}, "api_key: Input should be"),
    ("add_provider", {"provider_id": "brook", "settings": {"api_key": "k"}}, "settings.api_key"),
]


async def test_codes(connected, rows):
    async with connected() as client:
        for tool, arguments in READ_ONLY:
            found = await error(client, tool, **arguments)
            assert found["code"] == "READ_ONLY_RESOURCE", tool
            assert "voicegw.yaml" in found["message"]
        for tool, arguments, code in MISSING:
            found = await error(client, tool, **arguments)
            assert found["code"] == code, (tool, found)
        for tool, arguments in (
            ("add_provider", {"provider_id": "brook"}),
            ("register_model", {"model_id": "llm/a", "provider_id": "acme", "model": "m"}),
            ("create_project", {"project_id": "new"}),
        ):
            await answer(client, tool, **arguments)
            kind = tool.partition("_")[2].upper()
            assert (await error(client, tool, **arguments))["code"] == f"{kind}_ALREADY_EXISTS"


async def test_arguments_are_strict(connected):
    async with connected() as client:
        for tool, arguments, message in WRONG:
            found = await error(client, tool, **arguments)
            assert found["code"] == "VALIDATION_ERROR", (tool, found)
            assert message in found["message"], (tool, found)
        several = await error(client, "get_logs", limit=0, projct="x", status="ok")
        assert several["details"]["faults"][0]["where"] == "projct"
        assert {one["where"] for one in several["details"]["faults"]} == {
            "projct",
            "limit",
            "status",
        }


async def test_a_tool_that_there_is_not(connected):
    async with connected() as client:
        with pytest.raises(MCPError, match="did you mean 'get_costs'") as raised:
            await client.call_tool("get_cost", {})
    assert raised.value.code == -32602


async def test_a_model_that_is_in_use(connected, home):
    path = home / "voicegw.yaml"
    path.write_text(
        path.read_text() + "stacks:\n  main: {stt: house, llm: acme/parrot-2, tts: acme/mouth-1}\n"
    )
    async with connected() as client:
        await answer(client, "create_project", project_id="new", default_stack="main")
        found = await error(client, "delete_project", project_id="new")
        assert found["code"] == "CONFIRMATION_REQUIRED"
        assert found["details"]["settings"] == {"default_stack": "main"}


async def test_a_ledger_that_cannot_be_read(home, monkeypatch):
    monkeypatch.setenv("VOICEGW_DB_PATH", str(home / "voicegw.yaml" / "voicegw.db"))
    async with over_stdio() as client:
        assert (await error(client, "get_costs", period="today"))["code"] == "LEDGER_ERROR"
        health = await answer(client, "get_health")
        assert (health["status"], health["ledger"]["ok"]) == ("degraded", False)


def test_a_budget_without_room():
    """No tool spends, so none is refused for it: the code is for operations that do."""
    spent = BudgetExceededError(
        "Project 'support' has spent its day's budget.",
        project="support",
        spent_usd=Decimal("5.00"),
        cap_usd=Decimal(5),
        resets_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    assert fault_of(spent).to_json()["error"] == {
        "code": "BUDGET_EXCEEDED",
        "message": "Project 'support' has spent its day's budget.",
        "details": {
            "project": "support",
            "spent_usd": "5.00",
            "held_usd": None,
            "cap_usd": "5",
            "estimate_usd": None,
            "resets_at": "2026-11-23T00:00:00+00:00",
        },
    }


def test_what_was_not_foreseen_says_nothing_of_itself():
    found = fault_of(RuntimeError("a key: sk-canary")).to_json()["error"]
    assert found["code"] == "INTERNAL_ERROR"
    assert "canary" not in str(found)
