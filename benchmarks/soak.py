"""Two hundred conversations at once on fakes, for ten minutes: does anything grow or stay behind?

    python benchmarks/soak.py [minutes] [sessions]

Prints resident memory, tasks and threads every half minute; the ledger is a real SQLite file.
The first half of the time is warm-up, in which SQLite's page cache (4 MB) and the names of the
latest 2,048 sessions fill up. The drift is that of the last quarter against the third.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from livekit.agents import Agent, AgentSession, TurnHandlingOptions

from voicegateway import inference
from voicegateway.demo.audio import Loudspeaker
from voicegateway.inference._factory import meter_object
from voicegateway.testing import FakeLLM, FakeTTS
from voicegateway.types import Modality

MEGABYTE = 1_000_000
LIMIT = 1.0
WARM_UP = 0.5


async def converse(until: float) -> None:
    """Sessions of a few turns, one after the other, every third turn interrupted."""
    while time.monotonic() < until:
        model, voice = FakeLLM(delay=0.02), FakeTTS(delay=0.02)
        meter_object(model, Modality.LLM, "fake", "parrot-1", "soak")
        meter_object(voice, Modality.TTS, "fake", "tone-1", "soak")
        turns = TurnHandlingOptions(turn_detection="manual")
        session = AgentSession(llm=model, tts=voice, vad=None, turn_handling=turns)
        session.output.audio = Loudspeaker()
        await session.start(Agent(instructions="soak"))
        for turn in range(6):
            handle = session.generate_reply(user_input="hello")
            if turn % 3 == 2:
                await asyncio.sleep(0.1)
                handle.interrupt()
            await handle
            await asyncio.sleep(1)
        await session.aclose()


def resident() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / MEGABYTE


async def main(minutes: float, sessions: int) -> int:
    logging.disable(logging.CRITICAL)
    started, ledger = time.monotonic(), inference.get_gateway().storage
    assert ledger is not None
    until = started + minutes * 60
    before = set(asyncio.all_tasks())
    threads = threading.active_count()
    talks = [asyncio.create_task(converse(until)) for _ in range(sessions)]
    samples: list[tuple[float, float]] = []
    while time.monotonic() < until:
        await asyncio.sleep(min(30.0, minutes * 6))
        elapsed = time.monotonic() - started
        samples.append((elapsed, resident()))
        print(
            f"{elapsed:6.0f} s  {samples[-1][1]:7.1f} MB  {len(asyncio.all_tasks())} tasks  "
            f"{threading.active_count()} threads  {ledger.stats().committed} rows written",
            flush=True,
        )
    await asyncio.gather(*talks)
    await asyncio.sleep(1)
    left = asyncio.all_tasks() - before
    ledger.flush()
    warm = [size for elapsed, size in samples if elapsed >= WARM_UP * minutes * 60]
    half = len(warm) // 2
    later, earlier = warm[half:], warm[:half]
    drift = sum(later) / len(later) - sum(earlier) / len(earlier)
    print(f"drift after warm-up {drift:+.2f} MB, limit {LIMIT}")
    more = threading.active_count() - threads
    print(f"tasks left {len(left)}, threads more than at the start {more}")
    return 0 if drift < LIMIT and not left else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VOICEGW_DB_PATH"] = str(Path(folder) / "ledger.db")
        os.chdir(folder)
        arguments = sys.argv[1:]
        minutes = float(arguments[0]) if arguments else 10.0
        code = asyncio.run(main(minutes, int(arguments[1]) if len(arguments) > 1 else 200))
        inference.reset_gateway()
        os.chdir("/")
    sys.exit(code)
