"""What the tests of this package share: the kit's bench, and a client that does not dawdle."""

import asyncio
import sys
from pathlib import Path

import pytest

# Test modules share `cloud`.
sys.path.insert(0, str(Path(__file__).parent))

from cloud import Scribe, Speaker

import voicegw_elevenlabs
from voicegateway import inference

pytest_plugins = ["voicegateway.testing.fixtures"]

_KEEP_ALIVE = 10


class Impatient:
    """`asyncio`, but for the ten seconds between two keep-alives: LiveKit's realtime client waits
    for the next one before a stream that the vendor has closed is over."""

    def __getattr__(self, name):
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds):
        await asyncio.sleep(0.05 if seconds == _KEEP_ALIVE else seconds)


@pytest.fixture
def impatient(monkeypatch):
    import livekit.plugins.elevenlabs.stt as client

    monkeypatch.setattr(client, "asyncio", Impatient())


@pytest.fixture
async def speaker():
    async with Speaker() as cloud:
        yield cloud


@pytest.fixture
async def scribe():
    async with Scribe() as cloud:
        yield cloud


@pytest.fixture
async def make(plugins):
    """`make("TTS", "eleven_v4:voice", cloud, encoding="pcm_16000")`: the metered native object."""
    plugins.install("elevenlabs", voicegw_elevenlabs)
    made = []

    def make_one(kind, model, cloud, **options):
        given = {"base_url": cloud.url, "api_key": cloud.key, **options}
        made.append(getattr(inference, kind)(f"elevenlabs/{model}", **given))
        return made[-1]

    yield make_one
    for each in made:
        await each.aclose()
