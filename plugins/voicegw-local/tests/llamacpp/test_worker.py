"""The process that runs llama.cpp: locked, shared, replaced, and gone with its agent."""

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

from voicegw_local.llamacpp.engine import LocalEngine, Part
from voicegw_local.llamacpp.factory import ENGINES
from voicegw_local.llamacpp.options import LlamaOptions
from voicegw_local.llamacpp.remote import WorkerDiedError, WorkerEngine

pytestmark = pytest.mark.models

STORY = "Tell me a very long story about the history of Paris and its people."


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_equal_settings_share_a_worker(make, ask):
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


async def test_a_worker_that_is_killed_is_replaced(make, ask):
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
    answer = await ask(model, "What is the capital of France?").collect()
    assert "Paris" in answer.text
    assert (await model.engine()).pid != engine.pid


def test_a_file_that_is_no_model(tmp_path):
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(WorkerDiedError, match="bad GGUF version"):
        WorkerEngine(str(bad), LlamaOptions().load())


def test_the_port_is_locked(gguf):
    engine = LocalEngine(gguf, LlamaOptions().load())
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


def test_an_engine_here_stops_between_tokens(gguf):
    engine = LocalEngine(gguf, LlamaOptions().load())
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


def test_the_worker_ends_with_its_agent(gguf):
    code = textwrap.dedent(
        f"""
        import sys, time
        from voicegw_local.llamacpp.options import LlamaOptions
        from voicegw_local.llamacpp.remote import WorkerEngine
        engine = WorkerEngine({gguf!r}, LlamaOptions().load())
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


async def test_a_worker_that_stands_still_holds_up_no_loop(make, ask, ticking):
    model = make(n_ctx=512)
    engine = await model.engine()
    os.kill(engine.pid, signal.SIGSTOP)
    try:
        async with ticking() as clock:
            stream = ask(model, "word " * 200_000)  # more than a pipe holds
            await asyncio.sleep(0.5)
            await asyncio.wait_for(stream.aclose(), 10)
        assert clock.ticks > 20
        assert clock.longest_gap < 0.4
    finally:
        os.kill(engine.pid, signal.SIGCONT)
    assert "Paris" in (await ask(model, "What is the capital of France?").collect()).text


async def test_it_leaves_signals_to_its_agent(make, ask):
    model = make()
    engine = await model.engine()
    os.kill(engine.pid, signal.SIGINT)
    os.kill(engine.pid, signal.SIGTERM)
    assert "Paris" in (await ask(model, "What is the capital of France?").collect()).text
    assert (await model.engine()).pid == engine.pid
