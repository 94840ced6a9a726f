"""Making an object: native, without a network or a loop, and strict about what it is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from typing import Any

import pytest
from livekit.agents import llm, stt, tts

from voicegateway.errors import ConfigError, PluginError
from voicegateway.testing.bench import PluginBench
from voicegateway.testing.cloud import LoopbackCloud
from voicegateway.testing.providers.subject import Subject
from voicegateway.types import Modality, ProviderSettings

__all__ = ["ConstructionTests"]

_NATIVE: dict[Modality, type] = {
    Modality.STT: stt.STT,
    Modality.LLM: llm.LLM,
    Modality.TTS: tts.TTS,
}
_REFUSALS = (ValueError, TypeError, ConfigError, PluginError)
_NO_SUCH = "no_such_option_zq"


class ConstructionTests(Subject):
    @pytest.mark.usefixtures("installed")
    async def test_the_native_livekit_type_is_returned(self, cloud: LoopbackCloud | None) -> None:
        async with self.made(cloud) as target:
            assert isinstance(target, _NATIVE[self.modality])

    async def test_making_one_needs_no_network_and_no_running_loop(
        self, installed: PluginBench, cloud: LoopbackCloud | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In a thread without a loop, as an agent's `prewarm` may."""
        self.loaded(installed).preload()
        called: list[Any] = []

        def refuse(*address: Any) -> None:
            called.append(address[1:])
            raise OSError("no network while an object is made")

        with monkeypatch.context() as patch:
            patch.setattr(socket.socket, "connect", refuse)
            patch.setattr(socket, "getaddrinfo", refuse)
            settings = self.settings(cloud)
            try:
                target = await asyncio.to_thread(
                    self.create, installed, settings, dict(self.options)
                )
            except RuntimeError as error:
                pytest.fail(f"making a {self.modality} object needs a running loop: {error}")
            finally:
                seen = list(called)
        await target.aclose()
        assert not seen, f"making a {self.modality} object opens a connection to {seen}"

    async def test_an_unknown_option_is_refused_and_named(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        message = await self.refused(installed, cloud, options={_NO_SUCH: 1})
        assert _NO_SUCH in message, f"the error does not name the option: {message}"

    async def test_a_misspelt_option_is_refused_naming_the_nearest(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        if self.wrong_option is None or self.nearest_option is None:
            pytest.skip("the suite names no `wrong_option` and `nearest_option`")
        message = await self.refused(installed, cloud, options={self.wrong_option: 1})
        assert self.nearest_option in message, (
            f"{self.wrong_option!r} is refused without naming {self.nearest_option!r}: {message}"
        )

    async def test_an_unknown_setting_is_refused_and_named(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        message = await self.refused(installed, cloud, None, **{_NO_SUCH: 1})
        assert _NO_SUCH in message, f"the error does not name the setting: {message}"

    async def test_a_setting_of_the_wrong_kind_is_refused(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        """A `plan` of 7 is refused by every provider: it is none of its plans, or it has none."""
        for name, value in {"plan": 7, **self.wrong_settings}.items():
            message = await self.refused(installed, cloud, None, **{name: value})
            assert name in message, f"the error does not name the setting {name!r}: {message}"

    async def test_a_missing_key_is_an_error_that_names_the_variable(
        self, installed: PluginBench, cloud: LoopbackCloud | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        variable = self.key_variable(installed)
        monkeypatch.delenv(variable, raising=False)
        with pytest.raises(ConfigError, match=variable):
            self.factory(**({} if cloud is None else {"base_url": self.base_url(cloud)}))

    @pytest.mark.usefixtures("installed")
    async def test_an_object_can_be_closed_twice(self, cloud: LoopbackCloud | None) -> None:
        async with self.made(cloud) as target:
            await target.aclose()

    async def refused(
        self,
        bench: PluginBench,
        cloud: LoopbackCloud | None,
        options: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> str:
        """The message of the error that the factory raises, which must not be about anything
        else."""
        settings: ProviderSettings = self.settings(cloud, **extra)
        given = {**self.options, **(options or {})}
        try:
            target = self.create(bench, settings, given)
        except _REFUSALS as error:
            return str(error)
        await target.aclose()
        what = f"the option {options}" if options else f"the setting {extra}"
        pytest.fail(
            f"create_{self.modality} takes {what} in silence: raise ValueError and name the "
            "nearest (voicegateway.authoring.constructor_options does)"
        )
