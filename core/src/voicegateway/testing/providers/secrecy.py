"""Keys and what was said stay out of errors, logs and everything that is printed."""

from __future__ import annotations

import logging

import pytest
from livekit.agents import APIError

from voicegateway.testing.bench import PluginBench
from voicegateway.testing.cloud import Fault, LoopbackCloud
from voicegateway.testing.providers.calls import Calls
from voicegateway.testing.providers.subject import conn

__all__ = ["SecrecyTests"]


class SecrecyTests(Calls):
    def logged(self, caplog: pytest.LogCaptureFixture) -> str:
        """What we and the plugin logged; LiveKit and the SDKs have loggers of their own."""
        ours = ("voicegateway", self.package or "voicegateway")
        lines = [r.getMessage() for r in caplog.records if r.name.startswith(ours)]
        return "\n".join(lines)

    @pytest.mark.usefixtures("installed")
    async def test_a_key_is_not_shown_by_what_is_made_with_it(
        self, cloud: LoopbackCloud | None
    ) -> None:
        async with self.made(cloud) as target:
            shown = f"{target!r} {target!s} {self.settings(cloud)!r} {self.settings(cloud)!s}"
        assert self.key(cloud) not in shown, "an object or its settings show the key"

    async def test_a_call_logs_neither_the_key_nor_what_was_said(
        self, installed: PluginBench, cloud: LoopbackCloud | None, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            async with self.made(cloud) as target:
                await self.complete(target, conn())
        await installed.rows()
        assert self.key(cloud) not in self.logged(caplog), "the key is in the log"
        assert self.text not in self.logged(caplog), "what was said is in the log"

    async def test_a_failure_shows_neither_the_key_nor_what_was_said(
        self, installed: PluginBench, cloud: LoopbackCloud | None, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.suffers(cloud, Fault.WRONG_KEY)
        key, error = self.key(cloud), None
        with caplog.at_level(logging.DEBUG):
            async with self.made(cloud) as target:
                try:
                    await self.complete(target, conn())
                except APIError as raised:
                    error = raised
        (row,) = await installed.rows()
        for where, text in {
            "error": f"{error} {error!r}",
            "ledger": f"{row}",
            "log": self.logged(caplog),
        }.items():
            assert key not in text, f"the key is in the {where} of a failed call"
            assert self.text not in text, f"what was said is in the {where} of a failed call"
