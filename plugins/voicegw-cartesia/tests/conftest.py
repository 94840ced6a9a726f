"""The fixture `plugins`, Cartesia's cloud on the loopback interface, and objects that use it."""

import pytest

import voicegw_cartesia
from voicegateway import inference

from .cloud import CartesiaCloud

pytest_plugins = ["voicegateway.testing.fixtures"]


@pytest.fixture
async def cloud():
    async with CartesiaCloud() as cloud:
        yield cloud


@pytest.fixture
async def bench(plugins):
    plugins.install("cartesia", voicegw_cartesia)
    return plugins


@pytest.fixture
async def make(bench, cloud):
    """`make("STT", "ink-2", plan="pro")`: metered, on the cloud, closed after the test."""
    made = []

    def factory(modality, model, **options):
        given = {"base_url": cloud.url, "api_key": cloud.key, **options}
        target = getattr(inference, modality)(f"cartesia/{model}", **given)
        made.append(target)
        return target

    yield factory
    for target in made:
        await target.aclose()
