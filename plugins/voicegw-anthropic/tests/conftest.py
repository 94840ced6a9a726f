"""What the tests of this package share: a cloud on the loopback interface, and objects on it."""

import sys
from pathlib import Path

import pytest

# Test modules share `cloud`.
sys.path.insert(0, str(Path(__file__).parent))

from cloud import AnthropicCloud

import voicegw_anthropic
from voicegateway import inference

pytest_plugins = ["voicegateway.testing.fixtures"]


@pytest.fixture
async def cloud():
    async with AnthropicCloud() as anthropic:
        yield anthropic


@pytest.fixture
async def make(plugins, cloud):
    """`make("claude-haiku-4-5", caching="ephemeral")`: the metered native object on the cloud."""
    plugins.install("anthropic", voicegw_anthropic)
    made = []

    def make_llm(model="claude-haiku-4-5", **options):
        given = {"base_url": cloud.url, "api_key": cloud.key, **options}
        made.append(inference.LLM(f"anthropic/{model}", **given))
        return made[-1]

    yield make_llm
    for each in made:
        await each.aclose()
