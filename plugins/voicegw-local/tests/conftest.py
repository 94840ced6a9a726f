"""What the tests of this package share: settings, real models, a clock of the event loop."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

import pytest

from voicegateway import modelfiles
from voicegateway.types import ProviderSettings
from voicegw_local.llamacpp.bundles import BUNDLES as LLAMACPP
from voicegw_local.piper.bundles import BUNDLES as PIPER
from voicegw_local.whisper.bundles import BUNDLES as WHISPER

pytest_plugins = ["voicegateway.testing.fixtures"]


@pytest.fixture
def settings():
    """`settings("piper", speed=2)`: what the config says of a provider."""

    def make(provider, **extra):
        return ProviderSettings(provider=provider, extra=extra)

    return make


@pytest.fixture(scope="session")
def models():
    """The models of the stack `local`, fetched once into the user's cache."""
    wanted = {"whisper": WHISPER, "piper": PIPER, "llamacpp": LLAMACPP}
    return {name: modelfiles.fetch(name, bundles[0]) for name, bundles in wanted.items()}


@pytest.fixture
def no_models(monkeypatch, tmp_path):
    monkeypatch.setenv("VOICEGW_MODELS_DIR", str(tmp_path))
    return tmp_path


@dataclass
class Clock:
    """Ticks on the event loop: it stands still when the loop does."""

    at: list[float] = field(default_factory=list)

    @property
    def ticks(self):
        return len(self.at)

    @property
    def longest_gap(self):
        return max((b - a for a, b in zip(self.at, self.at[1:], strict=False)), default=0.0)


@pytest.fixture
def ticking():
    """`async with ticking() as clock`: ticks every 10 ms, if the loop lets it."""

    @contextlib.asynccontextmanager
    async def run():
        clock = Clock()

        async def tick():
            while True:
                clock.at.append(time.perf_counter())
                await asyncio.sleep(0.01)

        task = asyncio.create_task(tick())
        try:
            yield clock
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    return run


@pytest.fixture
async def closing():
    """`closing(thing)` gives it back, and closes it when the test has ended."""
    opened = []

    def keep(thing):
        opened.append(thing)
        return thing

    yield keep
    for thing in opened:
        await thing.aclose()
