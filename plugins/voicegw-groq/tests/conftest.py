"""What the tests of this package share: a cloud on the loopback interface, and objects on it."""

import sys
from pathlib import Path

import pytest

# Test modules share `cloud`.
sys.path.insert(0, str(Path(__file__).parent))

from cloud import GroqCloud

import voicegw_groq
from voicegateway import inference

pytest_plugins = ["voicegateway.testing.fixtures"]


@pytest.fixture
async def cloud():
    async with GroqCloud() as groq:
        yield groq


@pytest.fixture
async def make(plugins, cloud):
    """`make("STT", "whisper-large-v3", language="de")`: the metered native object on the cloud."""
    plugins.install("groq", voicegw_groq)
    made = []

    def make_one(kind, model, **options):
        given = {"base_url": cloud.url, "api_key": cloud.key, **options}
        made.append(getattr(inference, kind)(f"groq/{model}", **given))
        return made[-1]

    yield make_one
    for each in made:
        await each.aclose()
