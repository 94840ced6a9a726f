"""`voicegw doctor --keys`."""

import voicegw_openai
from voicegateway.testing import Fault
from voicegateway.types import ProviderSettings, Secret


def settings(key, base_url):
    return ProviderSettings("openai", key and Secret(key), base_url)


async def test_a_good_key_is_accepted(cloud):
    check = await voicegw_openai.check_provider(settings(cloud.key, cloud.url))
    assert (check.ok, check.detail) == (True, "the key is accepted")
    assert check.latency_ms > 0
    (asked,) = cloud.received
    assert (asked.method, asked.path) == ("GET", "/v1/models")


async def test_a_wrong_key_is_refused_and_not_shown(cloud):
    check = await voicegw_openai.check_provider(settings("sk-wrong-0123456789", cloud.url))
    assert not check.ok
    assert "401" in check.detail
    assert "sk-wrong" not in check.detail


async def test_a_limited_key_says_so(cloud):
    cloud.fault = Fault.RATE_LIMITED
    check = await voicegw_openai.check_provider(settings(cloud.key, f"{cloud.url}/v1"))
    assert not check.ok
    assert "429" in check.detail


async def test_nobody_there_is_said():
    check = await voicegw_openai.check_provider(settings("sk-0123456789ab", "http://127.0.0.1:9"))
    assert not check.ok
    assert "cannot be reached" in check.detail


async def test_an_address_that_is_none_is_said():
    check = await voicegw_openai.check_provider(settings("sk-0123456789ab", "api.openai.com"))
    assert (check.ok, "base_url" in check.detail) == (False, True)


async def test_a_missing_key_names_its_variable(cloud):
    check = await voicegw_openai.check_provider(settings(None, cloud.url))
    assert (check.ok, "OPENAI_API_KEY" in check.detail) == (False, True)
    assert cloud.received == []
