"""The check of the key: one cheap request, and a sentence."""

import pytest
from cloud import GroqCloud

import voicegw_groq
from voicegateway.testing import Fault
from voicegateway.types import ProviderSettings, Secret


def settings(url, key="test-key-0123456789abcdef"):
    return ProviderSettings("groq", Secret(key) if key else None, url)


async def test_the_right_key_is_accepted(cloud):
    check = await voicegw_groq.check_provider(settings(cloud.url))
    assert (check.ok, check.detail) == (True, "the key is accepted")
    assert check.latency_ms > 0
    assert [one.path for one in cloud.received] == ["/openai/v1/models"]


async def test_a_wrong_key_is_refused(cloud):
    check = await voicegw_groq.check_provider(settings(cloud.url, "another-key-0000"))
    assert not check.ok
    assert "401" in check.detail
    assert "another" not in check.detail


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.SERVER_ERROR])
async def test_a_vendor_in_trouble_is_no_pass(cloud, fault):
    cloud.fault = fault
    assert not (await voicegw_groq.check_provider(settings(cloud.url))).ok


async def test_a_cloud_that_is_not_there():
    async with GroqCloud() as gone:
        url = gone.url
    check = await voicegw_groq.check_provider(settings(url))
    assert not check.ok
    assert "cannot be reached" in check.detail


async def test_without_a_key_nobody_is_asked(cloud, monkeypatch):
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    check = await voicegw_groq.check_provider(settings(cloud.url, None))
    assert "GROQ_API_KEY" in check.detail
    assert cloud.received == []


async def test_the_key_of_the_environment_is_used(cloud, monkeypatch):
    monkeypatch.setenv("GROQ_API_KEY", cloud.key)
    assert (await voicegw_groq.check_provider(settings(cloud.url, None))).ok
