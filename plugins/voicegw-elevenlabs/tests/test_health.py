"""Is the key accepted?"""

import pytest

import voicegw_elevenlabs
from voicegateway.testing import Fault
from voicegateway.types import ProviderSettings, Secret


async def check(base_url, key="test-key-0123456789abcdef"):
    settings = ProviderSettings("elevenlabs", Secret(key) if key else None, base_url)
    return await voicegw_elevenlabs.check_provider(settings)


async def test_a_good_key(speaker):
    answer = await check(speaker.url)
    assert (answer.ok, answer.detail) == (True, "the key is accepted")
    assert answer.latency_ms > 0
    (request,) = speaker.received
    assert (request.method, request.path) == ("GET", "/v1/models")


async def test_another_key(speaker):
    answer = await check(speaker.url, "another-key-0123456789")
    assert not answer.ok
    assert "the key is refused (401)" in answer.detail


@pytest.mark.parametrize(
    ("fault", "says"), [(Fault.RATE_LIMITED, "(429)"), (Fault.SERVER_ERROR, "answered 500")]
)
async def test_a_cloud_in_trouble(speaker, fault, says):
    speaker.fault = fault
    answer = await check(speaker.url)
    assert not answer.ok
    assert says in answer.detail


async def test_nobody_there():
    answer = await check("http://127.0.0.1:9")
    assert not answer.ok
    assert "cannot be reached" in answer.detail


async def test_no_key():
    answer = await check(None, None)
    assert (answer.ok, answer.latency_ms) == (False, None)
    assert "ELEVEN_API_KEY" in answer.detail


async def test_no_address():
    answer = await check("elevenlabs")
    assert not answer.ok
    assert "needs a base_url" in answer.detail
