"""What the tests of this package share: OpenAI's cloud on the loopback interface."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from openai_cloud import OpenAICloud

import voicegw_openai

pytest_plugins = ["voicegateway.testing.fixtures"]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def cloud():
    async with OpenAICloud() as cloud:
        yield cloud


@pytest.fixture
def bench(plugins):
    plugins.install("openai", voicegw_openai)
    return plugins


@pytest.fixture
def at(cloud):
    """Where and with which key to find the cloud: `inference.LLM("openai/gpt-4o-mini", **at)`."""
    return {"base_url": cloud.url, "api_key": cloud.key}
