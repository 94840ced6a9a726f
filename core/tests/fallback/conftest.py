"""Providers that fail as they are told, in chains with short deadlines."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from voicegateway import inference
from voicegateway.middleware.fallback import Cooldown, LLMFallback, STTFallback, TTSFallback
from voicegateway.testing import FakeProvider
from voicegateway.testing.fixtures import plugins

__all__ = ["plugins"]

sys.path.insert(0, str(Path(__file__).parent / "kit"))

DEADLINE = 0.2


class Clock:
    """Time that passes when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def chain(plugins, clock):
    """`chain("llm", {...}, {...})`: an adapter over the providers p1, p2, ... with these scripts,
    whose cooldowns run on `clock` and without jitter."""
    kinds = {
        "llm": (LLMFallback, inference.LLM, "parrot-1"),
        "tts": (TTSFallback, inference.TTS, "tone-1"),
        "stt": (STTFallback, inference.STT, "ear-1"),
    }

    def make(kind, *scripts, **settings):
        adapter, factory, model = kinds[kind]
        providers = [FakeProvider(**{kind: script}) for script in scripts]
        for place, provider in enumerate(providers, 1):
            plugins.install(f"p{place}", provider)
        children = [factory(f"p{i}/{model}", fallback=[]) for i in range(1, len(scripts) + 1)]
        settings.setdefault("attempt_timeout", DEADLINE)
        return adapter(children, cooldown=Cooldown(clock=clock, chance=lambda: 0.0), **settings)

    return make


@pytest.fixture(autouse=True)
async def no_task_is_left_behind():
    before = asyncio.all_tasks()
    yield
    ours = asyncio.all_tasks() - before - {asyncio.current_task()}
    if ours:
        _, left = await asyncio.wait(ours, timeout=1)
        assert not left, left


def pytest_collection_modifyitems(items):
    """No test here may hang."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(30))
