"""What is asked of Ollama and what comes back, through LiveKit's own stream."""

import asyncio
import json
from enum import StrEnum

import pytest
from livekit.agents import APIConnectOptions, llm
from pydantic import BaseModel

from voicegateway.testing import drain, prompt


async def collect(stream):
    async with stream:
        return await stream.collect()


async def test_an_answer(make, server):
    model = make()
    said = await collect(model.chat(chat_ctx=prompt("hi")))
    assert said.text == "Hello there"
    assert (said.usage.prompt_tokens, said.usage.completion_tokens) == (26, 2)
    assert said.usage.total_tokens == 28
    (asked,) = server.chats
    assert asked["model"] == "qwen2.5:3b"
    assert asked["messages"] == [{"role": "user", "content": "hi"}]
    assert asked["stream"] is True
    assert "tools" not in asked
    assert isinstance(model, llm.LLM)
    assert (model.model, model.provider) == ("qwen2.5:3b", "ollama")


async def test_num_ctx_is_the_same_in_every_request(make, server):
    model = make(num_ctx=2048, num_gpu=0, temperature=0.5, keep_alive="1h")
    await drain(model.chat(chat_ctx=prompt()))
    await drain(model.chat(chat_ctx=prompt(), extra_kwargs={"temperature": 0.1, "num_predict": 9}))
    (load,), (first, second) = server.loads, server.chats
    assert load["options"] == {"num_ctx": 2048, "num_gpu": 0, "temperature": 0.5}
    assert first["options"] == load["options"]
    assert second["options"] == {**load["options"], "temperature": 0.1, "num_predict": 9}
    assert {body["keep_alive"] for body in (load, first, second)} == {"1h"}
    assert [body["think"] for body in (first, second)] == [False, False]


async def test_a_call_may_change_how_it_is_answered(make, server):
    model = make()
    schema = {"type": "object"}
    extra = {"think": "low", "format": schema, "stop": ["."], "seed": 7}
    await drain(model.chat(chat_ctx=prompt(), extra_kwargs=extra))
    (asked,) = server.chats
    assert (asked["think"], asked["format"]) == ("low", schema)
    assert asked["options"] == {"num_ctx": 8192, "stop": ["."], "seed": 7}


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"num_ctx": 4096}, "is set once, where the object is made"),
        ({"num_predcit": 4}, "did you mean 'num_predict'"),
        ({"temperature": "hot"}, "must be a number, not str"),
        ({"format": "yaml"}, "must be json or a JSON schema"),
        ({"keep_alive": "1h"}, "no option 'keep_alive'"),
    ],
)
async def test_a_call_may_not_change_the_rest(make, extra, said):
    with pytest.raises(ValueError, match=said):
        make().chat(chat_ctx=prompt(), extra_kwargs=extra)


class Unit(StrEnum):
    C = "celsius"
    F = "fahrenheit"


class Place(BaseModel):
    city: str
    near: list["Place"] = []


@llm.function_tool
async def weather(place: Place, unit: Unit = Unit.C) -> str:
    """Look up the weather."""
    return "sunny"


async def test_tools_are_told_without_references(make, server):
    await drain(make().chat(chat_ctx=prompt(), tools=[weather]))
    (tool,) = server.chats[0]["tools"]
    assert tool["type"] == "function"
    assert (tool["function"]["name"], tool["function"]["description"]) == (
        "weather",
        "Look up the weather.",
    )
    parameters = tool["function"]["parameters"]
    assert "$" not in json.dumps(parameters)
    assert parameters["required"] == ["place"]
    assert parameters["properties"]["place"]["properties"]["city"]["type"] == "string"
    assert parameters["properties"]["place"]["properties"]["near"]["items"] == {"type": "object"}
    assert parameters["properties"]["unit"]["enum"] == ["celsius", "fahrenheit"]


async def test_a_tool_call_and_its_result(make, server, said):
    arguments = {"place": {"city": "Zürich"}}
    call = {"function": {"name": "weather", "arguments": arguments}}
    server.answer = [said.line(tool_calls=[call]), said.done(40, 12)]
    model = make()
    context = prompt("weather in Zürich?")
    answer = await collect(model.chat(chat_ctx=context, tools=[weather]))
    (made,) = answer.tool_calls
    assert made.name == "weather"
    assert json.loads(made.arguments) == arguments
    assert made.call_id
    assert answer.usage.completion_tokens == 12

    context.insert(llm.FunctionCall(call_id=made.call_id, name=made.name, arguments=made.arguments))
    context.insert(
        llm.FunctionCallOutput(call_id=made.call_id, name=made.name, output="sunny", is_error=False)
    )
    await drain(model.chat(chat_ctx=context, tools=[weather]))
    _, called, result = server.chats[1]["messages"]
    assert (called["role"], called["content"]) == ("assistant", "")
    assert called["tool_calls"][0]["function"] == {"name": "weather", "arguments": arguments}
    assert result == {
        "role": "tool",
        "content": "sunny",
        "tool_name": "weather",
        "tool_call_id": made.call_id,
    }


async def test_several_tool_calls_and_one_alone(make, server, said):
    calls = [{"id": f"call_{n}", "function": {"name": "weather", "arguments": {}}} for n in (1, 2)]
    server.answer = [*(said.line(tool_calls=[call]) for call in calls), said.done()]
    both = await collect(make().chat(chat_ctx=prompt(), tools=[weather]))
    assert [call.call_id for call in both.tool_calls] == ["call_1", "call_2"]
    one = make().chat(chat_ctx=prompt(), tools=[weather], parallel_tool_calls=False)
    assert [call.call_id for call in (await collect(one)).tool_calls] == ["call_1"]


async def test_tool_choice(make, server):
    await drain(make().chat(chat_ctx=prompt(), tools=[weather], tool_choice="none"))
    assert "tools" not in server.chats[0]
    with pytest.raises(ValueError, match="tool_choice is auto or none"):
        make().chat(chat_ctx=prompt(), tools=[weather], tool_choice="required")


async def test_every_role_and_an_image(make, server):
    context = llm.ChatContext.empty()
    context.add_message(role="developer", content="be short")
    image = llm.ImageContent(image="data:image/png;base64,aGVsbG8=")
    context.add_message(role="user", content=["what is this?", image])
    await drain(make().chat(chat_ctx=context))
    assert server.chats[0]["messages"] == [
        {"role": "system", "content": "be short"},
        {"role": "user", "content": "what is this?", "images": ["aGVsbG8="]},
    ]


async def test_thoughts_are_not_spoken(make, server, said):
    server.answer = [said.line(thinking="hm, secret"), said.line("Yes."), said.done(9, 40)]
    answer = await collect(make().chat(chat_ctx=prompt()))
    assert answer.text == "Yes."
    assert answer.usage.completion_tokens == 40


async def test_prewarm_loads_once_and_a_turn_waits_for_it(make, server):
    server.load_seconds = 0.2
    model = make(num_ctx=1024)
    model.prewarm()
    await drain(model.chat(chat_ctx=prompt()))
    await drain(model.chat(chat_ctx=prompt()))
    (load,) = server.loads
    assert (load["messages"], load["options"]["num_ctx"]) == ([], 1024)
    assert len(server.chats) == 2


async def test_a_turn_cut_off_while_loading_does_not_stop_the_loading(make, server):
    server.load_seconds = 0.2
    model = make()
    stream = model.chat(chat_ctx=prompt())
    await asyncio.sleep(0.05)
    await stream.aclose()
    assert server.chats == []
    await drain(model.chat(chat_ctx=prompt()))
    assert len(server.loads) == 1


async def test_loading_may_take_longer_than_a_turns_timeout(make, server):
    server.load_seconds = 0.4
    options = APIConnectOptions(max_retry=0, timeout=0.2)
    assert await drain(make().chat(chat_ctx=prompt(), conn_options=options)) == 3


async def test_a_cancelled_turn_hangs_up(make, server, said):
    server.answer = [said.line("word ") for _ in range(3)] + [5.0, said.done()]
    stream = make().chat(chat_ctx=prompt())
    assert (await anext(stream)).delta.content == "word "
    await stream.aclose()
    for _ in range(50):
        if server.hung_up:
            break
        await asyncio.sleep(0.01)
    assert server.hung_up == 1


async def test_a_full_context_is_said_once(make, server, said, caplog):
    server.answer = [said.line("x"), said.done(60, 4)]
    model = make(num_ctx=64)
    for _ in range(2):
        await drain(model.chat(chat_ctx=prompt("secret words")))
    assert caplog.text.count("has filled num_ctx=64") == 1
    assert "secret words" not in caplog.text


async def test_aclose_ends_what_runs(make, server, said):
    server.answer = [said.line("word "), 5.0]
    model = make()
    stream = model.chat(chat_ctx=prompt())
    await anext(stream)
    await model.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
