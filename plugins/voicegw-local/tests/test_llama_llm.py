"""llama.cpp with a model, in its worker process and in this one."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from livekit.agents import APIConnectOptions, APIStatusError, function_tool, llm

from voicegw_local.llamacpp.engine import LocalEngine, Part
from voicegw_local.llamacpp.factory import ENGINES, make_llm
from voicegw_local.llamacpp.options import LlamaOptions
from voicegw_local.llamacpp.remote import WorkerDiedError, WorkerEngine

pytestmark = pytest.mark.models

ONCE = APIConnectOptions(max_retry=0, timeout=60.0)
MODEL = "smollm2-135m-instruct"
STORY = "Tell me a very long story about the history of Paris and its people."
TOOLS_TEMPLATE = (
    "{% if tools %}<|im_start|>system\nTools: {{ tools | tojson }}<|im_end|>\n{% endif %}"
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@function_tool
async def get_weather(city: str) -> str:
    """The weather in a city."""
    return "sunny"


@pytest.fixture
def make(models, settings, closing):
    def llama(**options):
        chosen = {"temperature": 0, "max_tokens": 60, **options}
        return closing(make_llm(MODEL, settings("llamacpp"), chosen))

    return llama


def chat_about(*texts):
    chat = llm.ChatContext.empty()
    chat.add_message(role="system", content="You are a helpful assistant. Answer briefly.")
    for text in texts:
        chat.add_message(role="user", content=text)
    return chat


def ask(model, *texts, **how):
    return model.chat(chat_ctx=chat_about(*texts), conn_options=ONCE, **how)


def file_of(models):
    return str(next(models["llamacpp"].glob("*.gguf")))


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def until(condition, patience=10.0):
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def test_what_it_is(make):
    model = make()
    assert isinstance(model, llm.LLM)
    assert (model.model, model.provider) == (MODEL, "llamacpp")


@pytest.mark.parametrize("in_process", [False, True])
async def test_it_answers_and_counts(make, in_process):
    model = make(in_process=in_process)
    measured = []
    model.on("metrics_collected", measured.append)
    answer = await ask(model, "What is the capital of France?").collect()
    assert "Paris" in answer.text
    usage = answer.usage
    assert usage.prompt_tokens == 30
    assert usage.prompt_cached_tokens == 0
    assert 1 < usage.completion_tokens < 60
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    again = (await ask(model, "What is the capital of France?").collect()).usage
    assert again.prompt_cached_tokens == usage.prompt_tokens - 1
    assert (again.prompt_tokens, again.completion_tokens) == (
        usage.prompt_tokens,
        usage.completion_tokens,
    )
    await asyncio.sleep(0)
    assert measured[0].prompt_tokens == usage.prompt_tokens
    assert measured[0].metadata.model_provider == "llamacpp"


async def test_a_turn_that_is_cut_off_is_counted_and_stops(make):
    model = make(max_tokens=4000, threads=1)
    engine = await model.engine()
    whole = (await ask(model, STORY, extra_kwargs={"max_tokens": 1}).collect()).usage
    cut = ask(model, STORY)
    sent, send = [], cut._event_ch.send_nowait
    cut._event_ch.send_nowait = lambda chunk: (sent.append(chunk), send(chunk))
    words = 0
    async for chunk in cut:
        words += bool(chunk.delta and chunk.delta.content)
        if words == 10:
            break
    started = time.monotonic()
    await cut.aclose()
    assert time.monotonic() - started < 5
    usage = sent[-1].usage
    assert usage.prompt_tokens == whole.prompt_tokens
    heard = sum(1 for chunk in sent if chunk.delta)
    assert heard <= usage.completion_tokens <= heard + 3  # what came while it was stopping
    used = cpu_seconds(engine.pid)
    await asyncio.sleep(1.0)
    assert cpu_seconds(engine.pid) - used < 0.5  # it no longer computes
    assert "Paris" in (await ask(model, "What is the capital of France?").collect()).text


async def test_a_turn_that_is_cut_off_while_the_prompt_is_read(make):
    model = make(n_ctx=2048, n_batch=64, threads=1)
    long = "word " * 1500
    await model.engine()
    stream = ask(model, long)
    sent, send = [], stream._event_ch.send_nowait
    stream._event_ch.send_nowait = lambda chunk: (sent.append(chunk), send(chunk))
    await asyncio.sleep(0.3)
    await stream.aclose()
    usage = sent[-1].usage
    assert 1500 < usage.prompt_tokens < 1600
    assert usage.completion_tokens == 0
    assert "Paris" in (await ask(model, "What is the capital of France?").collect()).text


async def test_the_loop_goes_on(make, ticking):
    model = make(max_tokens=30)
    async with ticking() as clock:
        model.prewarm()
        await model.engine()
    assert clock.longest_gap < 0.3  # though the engine holds its interpreter's lock as it loads
    async with ticking() as clock:
        await ask(model, STORY).collect()
    assert clock.ticks > 5
    assert clock.longest_gap < 0.5


async def test_several_at_once(make):
    model = make(parallel=2, max_tokens=20)
    answers = await asyncio.gather(*(ask(model, STORY).collect() for _ in range(4)))
    assert all(answer.usage.completion_tokens == 20 for answer in answers)


async def test_equal_settings_share_a_worker(make):
    one, two, other = make(), make(seed=1), make(n_ctx=512)
    assert (await one.engine()).pid == (await two.engine()).pid
    assert (await other.engine()).pid != (await one.engine()).pid
    pids = {(await model.engine()).pid for model in (one, other)}
    await one.aclose()
    assert "Paris" in (await ask(two, "What is the capital of France?").collect()).text
    await two.aclose()
    await other.aclose()
    assert not any(map(is_running, pids))
    assert not ENGINES._slots


async def test_a_seed_repeats_itself(make):
    model = make(temperature=1.5, seed=42, max_tokens=20)
    first, second = [(await ask(model, STORY).collect()).text for _ in range(2)]
    assert first == second


async def test_a_stop_text(make):
    model = make(stop=["capital"])
    answer = await ask(model, "What is the capital of France?").collect()
    assert "capital" not in answer.text


async def test_a_conversation_that_is_too_long(make):
    model = make(n_ctx=256)
    with pytest.raises(APIStatusError, match="the model takes 256: shorten it") as caught:
        await ask(model, "pomegranate " * 500).collect()
    assert (caught.value.status_code, caught.value.retryable) == (400, False)
    assert "pomegranate" not in str(caught.value)


async def test_an_image(make):
    model = make()
    chat = chat_about()
    image = llm.ImageContent(image="data:image/png;base64,AAAA")
    chat.add_message(role="user", content=[image, "What is this?"])
    with pytest.raises(APIStatusError, match="takes no images"):
        await model.chat(chat_ctx=chat, conn_options=ONCE).collect()


async def test_tools_need_a_template_with_a_place_for_them(make):
    model = make()
    with pytest.raises(APIStatusError, match="was not trained to call tools"):
        await ask(model, "What is the weather in Paris?", tools=[get_weather]).collect()
    plain = (await ask(model, "What is the weather in Paris?").collect()).usage
    await model.aclose()
    model = make(chat_template=TOOLS_TEMPLATE)
    answer = await ask(model, "What is the weather in Paris?", tools=[get_weather]).collect()
    assert answer.usage.prompt_tokens > plain.prompt_tokens + 20  # the tool is in the prompt


async def test_thinking_reaches_the_template(make):
    template = (
        "{% if enable_thinking is defined and enable_thinking %}Think first, and then answer."
        "{% endif %}{% for message in messages %}{{ message.content }}\n{% endfor %}"
    )
    counted = []
    for thinking in (False, True):
        model = make(chat_template=template, thinking=thinking, max_tokens=1)
        counted.append((await ask(model, "Hi").collect()).usage.prompt_tokens)
    assert counted[1] > counted[0] + 4


async def test_a_worker_that_is_killed_is_replaced(make):
    model = make(max_tokens=4000)
    engine = await model.engine()
    stream = ask(model, STORY)
    await anext(aiter(stream))
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(Exception, match="has ended") as caught:
        async for _ in stream:
            pass
    assert not caught.value.retryable  # some of it was said
    await stream.aclose()
    answer = await ask(model, "What is the capital of France?", extra_kwargs={}).collect()
    assert "Paris" in answer.text
    assert (await model.engine()).pid != engine.pid


def test_a_file_that_is_no_model(tmp_path):
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(WorkerDiedError, match="bad GGUF version"):
        WorkerEngine(str(bad), LlamaOptions().load())


def test_the_port_is_locked(models):
    engine = LocalEngine(file_of(models), LlamaOptions().load())
    address = engine._server.listening_address
    try:
        assert address.startswith("http://127.0.0.1:")
        for path in ("/v1/models", "/props", "/slots", "/metrics", "/v1/chat/completions"):
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(address + path)
            assert caught.value.code == 401
            caught.value.close()
    finally:
        engine.close()
    host, port = address.removeprefix("http://").split(":")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), 5)


def test_an_engine_here_stops_between_tokens(models):
    engine = LocalEngine(file_of(models), LlamaOptions().load())
    seen, done = [], threading.Event()

    def sink(part: Part):
        seen.append(part)
        if len(seen) == 5:
            stop()
        if part.final:
            done.set()

    begun = threading.Event()
    body = {
        "messages": [{"role": "user", "content": STORY}],
        "stream": True,
        "max_tokens": 3000,
    }

    def late_sink(part):
        begun.wait(10)
        sink(part)

    stop = engine.start(json.dumps(body), late_sink)
    begun.set()
    assert done.wait(30)
    assert len(seen) < 20
    engine.close()
    engine.close()


def test_the_worker_ends_with_its_agent(models):
    code = textwrap.dedent(
        f"""
        import sys, time
        from voicegw_local.llamacpp.options import LlamaOptions
        from voicegw_local.llamacpp.remote import WorkerEngine
        engine = WorkerEngine({file_of(models)!r}, LlamaOptions().load())
        print(engine.pid, flush=True)
        time.sleep(60)
        """
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as agent:
        pid = int(agent.stdout.readline())
        assert is_running(pid)
        agent.kill()
    deadline = time.monotonic() + 10
    while is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_agent_that_closes_nothing_ends_cleanly(models):
    code = textwrap.dedent(
        """
        import asyncio
        from livekit.agents import llm
        from voicegateway.types import ProviderSettings
        from voicegw_local.llamacpp.factory import make_llm
        async def main():
            model = make_llm("smollm2-135m-instruct", ProviderSettings("llamacpp"), {})
            print((await model.engine()).pid, flush=True)
        asyncio.run(main())
        """
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not is_running(int(done.stdout))
