"""llama.cpp without its model: requests, counts, tool calls."""

import json

import pytest
from livekit.agents import function_tool, llm
from livekit.agents.types import NOT_GIVEN

from voicegw_local.llamacpp.engine import Part
from voicegw_local.llamacpp.failures import refused, unfinished
from voicegw_local.llamacpp.requests import messages, request_body, tool_fields
from voicegw_local.llamacpp.tally import Tally
from voicegw_local.llamacpp.toolcalls import ToolCalls


@function_tool
async def get_weather(city: str) -> str:
    """The weather in a city."""
    return "sunny"


def test_every_role():
    chat = llm.ChatContext.empty()
    chat.add_message(role="system", content="Be kind.")
    chat.add_message(role="developer", content="Be brief.")
    chat.add_message(role="user", content=["Is it", "sunny?"])
    chat.items.append(llm.FunctionCall(call_id="1", name="get_weather", arguments="{}"))
    chat.items.append(
        llm.FunctionCallOutput(call_id="1", name="get_weather", output="sunny", is_error=False)
    )
    chat.add_message(role="assistant", content="It is.")
    converted = messages(chat)
    assert [m["role"] for m in converted] == [
        "system",
        "system",
        "user",
        "assistant",
        "tool",
        "assistant",
    ]
    assert converted[2]["content"] == "Is it\nsunny?"
    assert converted[3]["tool_calls"][0]["function"]["name"] == "get_weather"
    assert (converted[4]["tool_call_id"], converted[4]["content"]) == ("1", "sunny")


def test_tools_are_described():
    fields = tool_fields([get_weather], "required", NOT_GIVEN)
    assert fields["tools"][0]["function"]["name"] == "get_weather"
    assert "city" in fields["tools"][0]["function"]["parameters"]["properties"]
    assert fields["tool_choice"] == "required"
    assert "parallel_tool_calls" not in fields
    assert tool_fields([], "auto", True) == {}


def test_a_request_asks_for_the_counts():
    body = json.loads(request_body([], {"tools": []}, {"seed": 1, "stop": ("a",)}))
    assert body["timings_per_token"]
    assert body["return_progress"]
    assert body["stream"]
    assert body["stream_options"] == {"include_usage": True}
    assert (body["seed"], body["stop"]) == (1, ["a"])


def test_nothing_is_known_before_the_engine_has_counted():
    assert Tally().usage() is None


def test_the_count_goes_on_with_the_turn():
    tally = Tally()
    tally.read(
        {
            "prompt_progress": {"total": 45, "cache": 24, "processed": 24},
            "timings": {"cache_n": 24, "prompt_n": 0, "predicted_n": 0},
        }
    )
    assert tally.usage() == llm.CompletionUsage(
        prompt_tokens=45, prompt_cached_tokens=24, completion_tokens=0, total_tokens=45
    )
    tally.read({"timings": {"cache_n": 24, "prompt_n": 21, "predicted_n": 3}})  # one emoji
    assert tally.usage().completion_tokens == 3
    tally.read(
        {
            "usage": {
                "prompt_tokens": 45,
                "completion_tokens": 9,
                "prompt_tokens_details": {"cached_tokens": 24},
            }
        }
    )
    assert tally.usage().total_tokens == 54


def test_tool_calls_come_in_pieces():
    """As xllamacpp 2026.10 sends them."""
    calls = ToolCalls()
    name = {"name": "get_weather"}
    calls.read([{"index": 0, "id": "abc", "type": "function", "function": name}])
    calls.read([{"index": 0, "function": {"arguments": '{"city":'}}])
    calls.read([{"index": 1, "id": "def", "type": "function", "function": name}])
    calls.read([{"index": 0, "function": {"arguments": ' "Paris"}'}}])
    calls.read([{"index": 1, "function": {"arguments": "{}"}}])
    taken = calls.take()
    assert [(c.call_id, c.name, c.arguments) for c in taken] == [
        ("abc", "get_weather", '{"city": "Paris"}'),
        ("def", "get_weather", "{}"),
    ]
    assert calls.take() == []


@pytest.mark.parametrize(
    ("error", "status", "retryable"),
    [
        ({"code": 400, "type": "invalid_request_error", "message": "pomegranate"}, 400, False),
        ({"code": 500, "type": "server_error", "message": "pomegranate"}, 500, True),
        ({"code": 503, "type": "unavailable_error", "message": "pomegranate"}, 503, True),
        ({"code": "odd", "message": "pomegranate"}, 500, True),
    ],
)
def test_what_the_engine_refuses(error, status, retryable):
    made = refused(error, output_sent=False)
    assert (made.status_code, made.retryable) == (status, retryable)
    assert not refused(error, output_sent=True).retryable
    assert "pomegranate" not in repr(made)


def test_a_conversation_that_is_too_long():
    error = {
        "code": 400,
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 6031,
        "n_ctx": 2048,
    }
    made = refused(error, output_sent=False)
    assert made.message == (
        "The conversation has 6031 tokens and the model takes 2048: shorten it, or raise the "
        "option n_ctx"
    )
    assert not made.retryable


def test_a_request_that_was_not_begun():
    said = "Expected 'messages' to be pomegranate"
    made = unfinished(Part(final=True, error=said), output_sent=False)
    assert (made.status_code, made.retryable) == (400, False)
    assert "pomegranate" not in repr(made)
    image = unfinished(Part(final=True, error="image input is not supported"), output_sent=False)
    assert image.message == "This model takes no images"


def test_an_engine_that_is_gone():
    lost = Part(final=True, error="gone", lost=True)
    assert unfinished(lost, output_sent=False).retryable
    assert not unfinished(lost, output_sent=True).retryable
