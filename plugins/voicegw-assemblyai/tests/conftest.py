"""The fixture `plugins`, AssemblyAI's cloud on the loopback interface, and objects that use it."""

import pytest

import voicegw_assemblyai
from voicegateway import inference

from .cloud import AssemblyAICloud

pytest_plugins = ["voicegateway.testing.fixtures"]


@pytest.fixture
async def cloud():
    async with AssemblyAICloud() as cloud:
        yield cloud


@pytest.fixture
async def bench(plugins):
    plugins.install("assemblyai", voicegw_assemblyai)
    return plugins


@pytest.fixture
async def make(bench, cloud):
    """`make("STT", "universal-3-6-pro")`: metered, on the cloud, closed after the test."""
    made = []

    def factory(modality, model, **options):
        given = {"base_url": cloud.url, "api_key": cloud.key, **options}
        target = getattr(inference, modality)(f"assemblyai/{model}", **given)
        made.append(target)
        return target

    yield factory
    for target in made:
        await target.aclose()
