"""Every tool, asked by the SDK's own client over each transport. The client itself holds each
answer against the output schema that the tool declares."""

from __future__ import annotations

import json

from mcp_kit import CANARY, REFUSED, answer, error

NAMES = [
    "get_health",
    "get_provider_status",
    "get_costs",
    "get_latency_stats",
    "get_logs",
    "explain_cost",
    "list_providers",
    "get_provider",
    "test_provider",
    "add_provider",
    "delete_provider",
    "list_models",
    "register_model",
    "delete_model",
    "list_projects",
    "get_project",
    "create_project",
    "delete_project",
    "list_plugins",
]


async def test_all_tools_are_listed(connected):
    async with connected() as client:
        tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == NAMES
    for tool in tools:
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema["type"] == "object"
        assert len(tool.description) > 40


async def test_what_reads(connected, rows):
    async with connected() as client:
        health = await answer(client, "get_health")
        assert health["status"] == "ok"
        assert health["ledger"]["open_requests"] == 1

        costs = await answer(client, "get_costs", period="today")
        assert costs["total_usd"] == "0.005000"
        assert (costs["requests"], costs["unpriced_requests"]) == (3, 1)
        assert costs["by_provider"][0]["key"] == "acme"
        by_model = await answer(client, "get_costs", period="month", by="model", project="support")
        assert {row["key"] for row in by_model["by_model"]} == {"acme/parrot-2", "acme/ear-1"}
        assert by_model["by_provider"] == by_model["by_session"] == []

        stats = await answer(client, "get_latency_stats", period="today", modality="llm")
        assert [one["model"] for one in stats["models"]] == ["parrot-2"]
        assert stats["models"][0]["ttfb_ms"]["count"] == 2

        plugins = (await answer(client, "list_plugins"))["plugins"]
        assert {"provider": "acme", "distribution": "voicegw-acme"}.items() <= next(
            one for one in plugins if one["provider"] == "acme"
        ).items()

        explained = await answer(client, "explain_cost", request_id=rows["priced"])
        assert explained["quote"]["agrees"] is True
        assert explained["quote"]["lines"][0]["amount_usd"] == "0.0049"
        unknown = await answer(client, "explain_cost", request_id=rows["unpriced"])
        assert unknown["cost_usd"] is None


async def test_logs(connected, rows):
    async with connected() as client:
        found = await answer(client, "get_logs")
        assert [row["id"] for row in found["requests"]] == [*reversed(rows.values())]
        assert found["more"] is False
        newest = await answer(client, "get_logs", limit=1)
        assert [row["id"] for row in newest["requests"]] == [rows["open"]]
        assert newest["more"] is True
        failed = await answer(
            client, "get_logs", status="failed", model_id="acme/ear-1", modality="stt"
        )
        assert [row["id"] for row in failed["requests"]] == [rows["failed"]]
        none = await answer(client, "get_logs", model_id="acme/nothing", project="support")
        assert none["requests"] == []


async def test_a_project_from_beginning_to_end(connected, rows):
    async with connected() as client:
        made = await answer(
            client,
            "create_project",
            project_id="booking",
            name="Booking line",
            daily_budget="12.50",
            budget_action="block",
            tags=["phone"],
        )
        assert made["source"] == "managed"
        assert (made["daily_budget_usd"], made["budget_action"]) == ("12.50", "block")
        assert made["tags"] == ["phone"]
        assert await answer(client, "get_project", project_id="booking") == made
        listed = (await answer(client, "list_projects"))["projects"]
        assert [one["id"] for one in listed] == ["booking", "default", "support"]
        assert listed[2]["spent_today_usd"] == "0.005000"

        asked = await error(client, "delete_project", project_id="booking")
        assert asked["code"] == "CONFIRMATION_REQUIRED"
        assert asked["details"]["settings"]["daily_budget"] == "12.50"
        assert asked["details"]["affects"]
        assert await answer(client, "get_project", project_id="booking") == made

        gone = await answer(client, "delete_project", project_id="booking", confirm=True)
        assert gone["deleted"] is True
        missing = await error(client, "get_project", project_id="booking")
        assert missing["code"] == "PROJECT_NOT_FOUND"


async def test_a_model_from_beginning_to_end(connected):
    async with connected() as client:
        made = await answer(
            client,
            "register_model",
            model_id="tts/warm",
            provider_id="acme",
            model="mouth-1",
            voice="ada",
            options={"speed": 1.25},
        )
        assert (made["id"], made["alias"], made["source"]) == ("tts/warm", "warm", "managed")
        assert (made["voice"], made["options"]) == ("ada", {"speed": 1.25})
        both = await answer(client, "list_models", provider_id="acme", enabled_only=True)
        assert [one["id"] for one in both["models"]] == ["stt/house", "tts/warm"]
        only = await answer(client, "list_models", modality="tts")
        assert only["models"] == [made]

        asked = await error(client, "delete_model", model_id="tts/warm")
        assert asked["code"] == "CONFIRMATION_REQUIRED"
        gone = await answer(client, "delete_model", model_id="tts/warm", confirm=True)
        assert gone["id"] == "tts/warm"
        missing = await error(client, "delete_model", model_id="tts/warm", confirm=True)
        assert missing["code"] == "MODEL_NOT_FOUND"


async def test_a_provider_from_beginning_to_end(connected):
    async with connected() as client:
        made = await answer(
            client, "add_provider", provider_id="brook", api_key=REFUSED, settings={"region": "eu"}
        )
        assert (made["source"], made["status"]) == ("managed", "available")
        assert made["settings"]["api_key"] == "sk-r...a798"
        assert await answer(client, "get_provider", provider_id="brook") == made
        failed = await error(client, "test_provider", provider_id="brook")
        assert failed["code"] == "PROVIDER_TEST_FAILED"
        assert failed["details"] == {
            "ok": False,
            "latency_ms": 12.5,
            "detail": "the key is refused (401)",
        }
        await answer(
            client, "register_model", model_id="stt/small", provider_id="brook", model="ear-0"
        )
        asked = await error(client, "delete_provider", provider_id="brook")
        assert asked["code"] == "CONFIRMATION_REQUIRED"
        assert asked["details"]["affects"] == ["models.stt.small"]
        assert "models.stt.small" in asked["message"]
        gone = await answer(client, "delete_provider", provider_id="brook", confirm=True)
        assert gone["deleted"] is True
        left = await answer(client, "get_provider", provider_id="brook")
        assert left["source"] is None  # installed still, and without settings

        works = await answer(client, "test_provider", provider_id="acme")
        assert works == {"ok": True, "latency_ms": 12.5, "detail": "the key is accepted"}


async def test_state_of_providers(connected):
    async with connected() as client:
        every = (await answer(client, "get_provider_status"))["providers"]
        assert every == (await answer(client, "list_providers"))["providers"]
        one = (await answer(client, "get_provider_status", provider_id="acme"))["providers"]
        assert one == [found for found in every if found["id"] == "acme"]
        assert one[0]["source"] == "yaml"
        assert CANARY not in json.dumps(every)


async def test_the_older_protocol_is_spoken_too(connected, rows):
    async with connected(mode="legacy") as client:
        assert len((await client.list_tools()).tools) == len(NAMES)
        assert (await answer(client, "get_costs", period="today"))["total_usd"] == "0.005000"
        assert (await error(client, "get_project", project_id="none"))["code"] == (
            "PROJECT_NOT_FOUND"
        )
