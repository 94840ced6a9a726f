"""`check_provider`: one request that costs nothing."""

from __future__ import annotations

import pytest

import voicegw_deepgram
from voicegateway.testing import Fault
from voicegateway.types import ProviderSettings, Secret


def settings(cloud, key=None, base_url=None):
    return ProviderSettings("deepgram", Secret(key or cloud.key), base_url or cloud.url)


async def test_a_good_key_is_accepted(cloud):
    check = await voicegw_deepgram.check_provider(settings(cloud))
    assert (check.ok, check.detail) == (True, "the key is accepted")
    assert check.latency_ms > 0
    assert cloud.received[-1].path == "/v1/auth/token"


async def test_a_wrong_key_is_refused_and_not_shown(cloud):
    check = await voicegw_deepgram.check_provider(settings(cloud, "a-wrong-key-0123456789"))
    assert not check.ok
    assert check.detail.startswith("the key is refused (401)")
    assert "a-wrong-key" not in repr(check)


async def test_the_address_may_be_a_websockets_and_of_one_interface(cloud):
    url = f"{cloud.ws_url}/v2/listen"
    assert (await voicegw_deepgram.check_provider(settings(cloud, base_url=url))).ok


@pytest.mark.parametrize(
    ("fault", "said"), [(Fault.RATE_LIMITED, "try again later"), (Fault.SERVER_ERROR, "500")]
)
async def test_a_cloud_in_trouble_is_said_to_be(cloud, fault, said):
    cloud.fault = fault
    check = await voicegw_deepgram.check_provider(settings(cloud))
    assert not check.ok
    assert said in check.detail


async def test_nobody_there(cloud):
    check = await voicegw_deepgram.check_provider(settings(cloud, base_url="http://127.0.0.1:9"))
    assert not check.ok
    assert "cannot be reached" in check.detail


async def test_no_address_and_no_key(cloud, monkeypatch):
    bad = await voicegw_deepgram.check_provider(settings(cloud, base_url="deepgram.com"))
    assert "an address such as" in bad.detail
    monkeypatch.delenv("DEEPGRAM_API_KEY", raising=False)
    none = await voicegw_deepgram.check_provider(ProviderSettings("deepgram"))
    assert none.detail == "there is no key: set DEEPGRAM_API_KEY"
