"""What the vendor's cloud is sent: our address, our key, and a cheap question whether both work."""

from __future__ import annotations

import contextlib
import inspect

import pytest
from livekit.agents import APIError

from voicegateway.testing.bench import PluginBench
from voicegateway.testing.cloud import Fault, LoopbackCloud, Received
from voicegateway.testing.providers.calls import Calls
from voicegateway.testing.providers.subject import conn, within
from voicegateway.types import ProviderCheck, ProviderSettings

__all__ = ["CloudTests"]

_NOBODY = "http://127.0.0.1:9"
"""The discard port: nothing answers there."""
_OTHER_KEY = "another-key-fedcba9876543210"


class CloudTests(Calls):
    """Each is skipped where there is no `cloud`."""

    @pytest.mark.usefixtures("installed")
    async def test_the_base_url_is_used(self, cloud: LoopbackCloud | None) -> None:
        known = self.needs_cloud(cloud)
        await self.tried(known)
        assert known.received, "base_url was given and nothing arrived there"

    @pytest.mark.usefixtures("installed")
    async def test_the_key_that_is_given_arrives(self, cloud: LoopbackCloud | None) -> None:
        known = self.needs_cloud(cloud)
        known.key = _OTHER_KEY
        await self.tried(known)
        assert _carries(known, _OTHER_KEY), "no request carried the api_key that was given"

    async def test_the_key_of_the_environment_arrives(
        self, installed: PluginBench, cloud: LoopbackCloud | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = self.needs_cloud(cloud)
        variable = self.key_variable(installed)
        known.key = _OTHER_KEY
        monkeypatch.setenv(variable, _OTHER_KEY)
        await self.tried(known, api_key=None)
        assert _carries(known, _OTHER_KEY), f"no request carried the key in {variable}"

    async def test_the_check_accepts_a_good_key(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        self.needs_cloud(cloud)
        check = await self.check(installed, self.settings(cloud))
        assert check.ok, f"check_provider refuses a good key: {check.detail}"

    async def test_the_check_tells_a_wrong_key(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        self.suffers(cloud, Fault.WRONG_KEY)
        check = await self.check(installed, self.settings(cloud))
        assert not check.ok, "check_provider accepts a key that the vendor refuses"
        assert self.key(cloud) not in f"{check!r}", "check_provider shows the key"

    async def test_the_check_answers_where_nobody_does(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        key = self.key(self.needs_cloud(cloud))
        settings = PluginBench.settings(self.provider, api_key=key, base_url=_NOBODY)
        check = await self.check(installed, settings)
        assert not check.ok, "check_provider is content with a server that is not there"
        assert check.detail, "check_provider does not say what is wrong"

    async def tried(self, cloud: LoopbackCloud, **arguments: None) -> None:
        """A call, whether it completes or not: it is the request that is looked at."""
        async with self.made(cloud, **arguments) as target:
            with contextlib.suppress(APIError):
                await self.complete(target, conn())

    async def check(self, bench: PluginBench, settings: ProviderSettings) -> ProviderCheck:
        provider = self.loaded(bench)
        if not provider.implements("check_provider"):
            pytest.skip(f"{self.provider} has no check_provider")
        async with within(self.patience, "check_provider"):
            answer = provider.check_provider(settings)
            made = await answer if inspect.isawaitable(answer) else answer
        assert isinstance(made, ProviderCheck)
        return made


def _carries(cloud: LoopbackCloud, key: str) -> bool:
    return any(key in text for request in cloud.received for text in _texts(request)) or any(
        key in str(message) for message in cloud.messages
    )


def _texts(request: Received) -> list[str]:
    body = request.body.decode(errors="replace")
    return [*request.headers.values(), *request.query.values(), body]
