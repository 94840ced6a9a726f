"""The stream over an engine that does what it is told: failures, tools, cancellation."""

import asyncio
import json
import threading

import pytest
from livekit.agents import (
    APIConnectionError,
    APIConnectOptions,
    APIStatusError,
    APITimeoutError,
    function_tool,
    llm,
)

from voicegw_local.llamacpp.engine import Part
from voicegw_local.llamacpp.llm import LlamaLLM
from voicegw_local.llamacpp.options import LlamaOptions
from voicegw_local.sharing import Engines

ONCE = APIConnectOptions(max_retry=0, timeout=10.0)


@function_tool
async def get_weather(city: str) -> str:
    """The weather in a city."""
    return "sunny"


def timings(generated, prompt=10, cached=4):
    return {"cache_n": cached, "prompt_n": prompt - cached, "predicted_n": generated}


def progress(total=10, cached=4):
    done = {"total": total, "cache": cached, "processed": cached}
    return {"id": "x", "prompt_progress": done, "timings": timings(0, cached, cached)}


def token(text, generated):
    choice = {"index": 0, "finish_reason": None, "delta": {"content": text}}
    return {"id": "x", "choices": [choice], "timings": timings(generated)}


def ended(generated, reason="stop"):
    usage = {
        "prompt_tokens": 10,
        "completion_tokens": generated,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    choice = {"index": 0, "finish_reason": reason, "delta": {}}
    return [{"id": "x", "choices": [choice]}, {"id": "x", "choices": [], "usage": usage}]


class ScriptedEngine:
    """Sends its chunks; `hold` before one makes it wait there until it is stopped."""

    alive = True
    speaks_tools = True

    def __init__(self, *chunks, error=None, lost=False, after_stop=(), ends=True):
        self.chunks = chunks
        self.error, self.lost = error, lost
        self.after_stop = after_stop
        self.ends = ends
        self.bodies = []
        self.stopped = threading.Event()

    def start(self, body, sink):
        self.bodies.append(json.loads(body))
        threading.Thread(target=self.run, args=(sink,)).start()
        return self.stopped.set

    def run(self, sink):
        for chunk in self.chunks:
            if chunk == "hold":
                self.stopped.wait(10)
                for late in self.after_stop:
                    sink(Part(json.dumps(late)))
                break
            sink(Part(json.dumps(chunk)))
        if self.ends:
            sink(Part(final=True, error=self.error, lost=self.lost))

    def close(self):
        pass


def llama(engine, **options):
    return LlamaLLM("m", LlamaOptions(**options), Engines().lease("m", lambda: engine))


def ask(model, text="Hi", **how):
    chat = llm.ChatContext.empty()
    chat.add_message(role="user", content=text)
    return model.chat(chat_ctx=chat, conn_options=how.pop("conn_options", ONCE), **how)


def usage_of(sent):
    found = [chunk.usage for chunk in sent if chunk.usage is not None]
    assert len(found) == 1
    assert sent[-1].usage is found[0]
    return found[0].prompt_tokens, found[0].prompt_cached_tokens, found[0].completion_tokens


async def finish(stream):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the caller says which
        async for _ in stream:
            pass
    await stream.aclose()
    return caught.value


async def test_an_answer_ends_with_its_usage(watch):
    model = llama(ScriptedEngine(progress(), token("Pa", 1), token("ris", 2), *ended(3)))
    stream = ask(model)
    sent = watch(stream)
    assert [c.delta.content async for c in stream if c.delta] == ["Pa", "ris"]
    assert usage_of(sent) == (10, 4, 3)
    assert {chunk.id for chunk in sent} == {"x"}
    await model.aclose()


async def test_cancelled_after_some_tokens(watch):
    engine = ScriptedEngine(
        progress(), token("Pa", 1), token("ris", 2), "hold", after_stop=[token(".", 3)]
    )
    model = llama(engine)
    stream = ask(model)
    sent = watch(stream)
    async for chunk in stream:
        if chunk.delta and chunk.delta.content == "ris":
            break
    await stream.aclose()
    assert engine.stopped.is_set()
    assert usage_of(sent) == (10, 4, 3)  # the token that came while it stopped is counted
    assert [c.delta.content for c in sent if c.delta] == ["Pa", "ris"]  # and not spoken
    await model.aclose()


async def test_cancelled_before_the_first_token(watch):
    model = llama(ScriptedEngine(progress(), "hold"))
    stream = ask(model)
    sent = watch(stream)
    await asyncio.sleep(0.1)
    await stream.aclose()
    assert usage_of(sent) == (10, 4, 0)
    await model.aclose()


async def test_cancelled_before_the_prompt_was_counted(watch):
    model = llama(ScriptedEngine("hold"))
    stream = ask(model)
    sent = watch(stream)
    await asyncio.sleep(0.1)
    await stream.aclose()
    assert sent == []  # unknown is not nothing
    await model.aclose()


async def test_an_engine_that_does_not_stop_holds_nobody_up(monkeypatch, watch):
    monkeypatch.setattr("voicegw_local.llamacpp.stream._STOPPING", 0.1)
    model = llama(ScriptedEngine(progress(), token("Pa", 1), "hold", ends=False))
    stream = ask(model)
    sent = watch(stream)
    await anext(aiter(stream))
    await asyncio.wait_for(stream.aclose(), 5)
    assert usage_of(sent) == (10, 4, 1)
    await model.aclose()


async def test_a_failure_after_output_is_counted_and_not_retried(watch):
    failed = {"error": {"code": 500, "type": "server_error", "message": "Pa"}}
    model = llama(ScriptedEngine(progress(), token("Pa", 1), failed))
    stream = ask(model, conn_options=APIConnectOptions(max_retry=3, retry_interval=0))
    sent = watch(stream)
    error = await finish(stream)
    assert isinstance(error, APIStatusError)
    assert (error.status_code, error.retryable) == (500, False)
    assert usage_of(sent) == (10, 4, 1)
    await model.aclose()


async def test_a_failure_before_output_is_tried_again():
    failed = {"error": {"code": 500, "type": "server_error", "message": ""}}
    engine = ScriptedEngine(failed)
    model = llama(engine)
    error = await finish(ask(model, conn_options=APIConnectOptions(max_retry=2, retry_interval=0)))
    assert isinstance(error, APIConnectionError)
    assert len(engine.bodies) == 3
    await model.aclose()


async def test_a_request_that_cannot_be_is_tried_once():
    engine = ScriptedEngine(error="Expected 'messages' to be an array")
    model = llama(engine)
    error = await finish(ask(model, conn_options=APIConnectOptions(max_retry=2, retry_interval=0)))
    assert (error.status_code, len(engine.bodies)) == (400, 1)
    await model.aclose()


async def test_silence_is_a_timeout(watch):
    model = llama(ScriptedEngine(progress(), "hold"))
    stream = ask(model, conn_options=APIConnectOptions(max_retry=0, timeout=0.2))
    sent = watch(stream)
    error = await finish(stream)
    assert isinstance(error, APITimeoutError)
    assert error.retryable
    assert usage_of(sent) == (10, 4, 0)
    await model.aclose()


async def test_a_model_that_cannot_be_loaded():
    def broken():
        raise RuntimeError("bad GGUF version: 0")

    model = LlamaLLM("m", LlamaOptions(), Engines().lease("m", broken))
    error = await finish(ask(model, conn_options=APIConnectOptions(max_retry=2, retry_interval=0)))
    assert "could not load the model: bad GGUF version" in error.message
    assert not error.retryable
    model.prewarm()  # swallows what the first turn will say
    await asyncio.sleep(0.05)
    await model.aclose()


async def test_tool_calls():
    pieces = [
        {"index": 0, "id": "1", "function": {"name": "get_weather"}},
        {"index": 0, "function": {"arguments": '{"city":"Paris"}'}},
    ]
    chunks = [
        {"id": "x", "choices": [{"finish_reason": None, "delta": {"tool_calls": [piece]}}]}
        for piece in pieces
    ]
    engine = ScriptedEngine(progress(), *chunks, *ended(9, "tool_calls"))
    model = llama(engine)
    answer = await ask(model, tools=[get_weather], tool_choice="auto").collect()
    call = answer.tool_calls[0]
    assert (call.name, call.arguments, call.call_id) == ("get_weather", '{"city":"Paris"}', "1")
    assert engine.bodies[0]["tools"][0]["function"]["name"] == "get_weather"
    assert answer.usage.completion_tokens == 9
    await model.aclose()


async def test_tools_with_a_model_that_knows_none():
    engine = ScriptedEngine(*ended(1))
    engine.speaks_tools = False
    model = llama(engine)
    error = await finish(ask(model, tools=[get_weather]))
    assert isinstance(error, APIStatusError)
    assert "llamacpp/m was not trained to call tools" in error.message
    assert engine.bodies == []
    await model.aclose()


async def test_what_a_call_may_add():
    engine = ScriptedEngine(progress(), *ended(1))
    model = llama(engine, temperature=0.5, max_tokens=9)
    await ask(model, extra_kwargs={"max_tokens": 5, "response_format": {"type": "x"}}).collect()
    assert (engine.bodies[0]["max_tokens"], engine.bodies[0]["temperature"]) == (5, 0.5)
    assert engine.bodies[0]["response_format"] == {"type": "x"}
    with pytest.raises(ValueError, match="did you mean 'max_tokens'"):
        ask(model, extra_kwargs={"max_token": 5})
    await model.aclose()


async def test_closing_ends_what_is_running():
    engine = ScriptedEngine(progress(), token("Pa", 1), "hold")
    model = llama(engine)
    stream = ask(model)
    await anext(aiter(stream))
    await model.aclose()
    await model.aclose()
    assert engine.stopped.is_set()
    error = await finish(ask(model))
    assert not error.retryable
