"""What the tests of this package share."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the tests share `cloud`

from cloud import DeepgramCloud
from livekit.plugins.deepgram import stt as native_stt

import voicegw_deepgram
from voicegateway import inference
from voicegateway.testing import PluginBench

pytest_plugins = ["voicegateway.testing.fixtures"]


@pytest.fixture
async def cloud() -> AsyncIterator[DeepgramCloud]:
    async with DeepgramCloud() as cloud:
        yield cloud


@pytest.fixture
def bench(plugins: PluginBench) -> PluginBench:
    """With our plugin installed and an empty ledger."""
    plugins.install("deepgram", voicegw_deepgram)
    return plugins


@pytest.fixture
async def made(bench: PluginBench, cloud: DeepgramCloud) -> AsyncIterator[Callable[..., Any]]:
    """`made("STT", "nova-3")`: a metered object on the cloud, closed at the end."""
    targets = []

    def make(kind: str, model: str, **options: Any) -> Any:
        given = {"base_url": cloud.url, "api_key": cloud.key, **options}
        targets.append(getattr(inference, kind)(f"deepgram/{model}", **given))
        return targets[-1]

    yield make
    for target in targets:
        await target.aclose()


@pytest.fixture(autouse=True)
def quick_keepalive(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream of LiveKit's `/v1/listen` that was ended waits for its keepalive, which sleeps five
    seconds at a time. Here that is a twentieth."""

    class QuickAsyncio:
        def __getattr__(self, name: str) -> Any:
            return getattr(asyncio, name)

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(seconds / 100)

    monkeypatch.setattr(native_stt, "asyncio", QuickAsyncio())
