"""What a suite is told about the plugin it tests, and how it makes the plugin's objects."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, ClassVar

import pytest
from livekit.agents import APIConnectOptions

from voicegateway import inference
from voicegateway.core.provider import Provider
from voicegateway.core.registry import get_provider
from voicegateway.testing.bench import AttemptRow, PluginBench
from voicegateway.testing.cloud import Fault, LoopbackCloud
from voicegateway.types import Modality, ProviderSettings, Unit

__all__ = ["Subject", "conn", "within"]

_TIME_UNITS = {Unit.SESSION_SECONDS}
"""That differ from run to run."""


class Subject:
    """Describe the plugin with these attributes; `cloud` and `base_url` where it needs a network.
    All but the first four may be left as they are."""

    modality: ClassVar[Modality]

    provider: ClassVar[str]
    """The entry point's name."""
    plugin: ClassVar[object]
    """The module or object with the hook implementations."""
    model: ClassVar[str]
    package: ClassVar[str | None] = None
    """What is imported in a process of its own to prove that it is light."""
    language: ClassVar[str | None] = None
    """Of an STT."""
    voice: ClassVar[str | None] = None
    """Of a TTS."""
    options: ClassVar[Mapping[str, Any]] = {}
    """For the factory, in every test."""
    wrong_option: ClassVar[str | None] = None
    """A misspelt option, and the one that was meant."""
    nearest_option: ClassVar[str | None] = None
    wrong_settings: ClassVar[Mapping[str, Any]] = {}
    """Config settings of the right name with a value that must be refused, each tried alone."""
    streaming: ClassVar[bool] = True
    """Whether `stream()` is exercised, else `recognize()` or `synthesize()`."""
    batch: ClassVar[bool] = True
    """STT: whether `recognize()` works. TTS: whether `synthesize()` is exercised besides."""
    times_out: ClassVar[bool | None] = None
    """Whether the vendor's client gives up on a silent server after `conn_options.timeout`. None:
    all do but streams of speech-to-text, for those may be silent."""
    drop_is_failure: ClassVar[bool] = True
    """Whether the vendor's client takes a connection that breaks mid-stream for a failure, not for
    the end."""
    vendor_facts: ClassVar[tuple[str, ...]] = ()
    """Names in `StreamReport.vendor` that `validate_stream` reads: they are given odd values."""
    text: ClassVar[str] = "The quick brown fox jumps over the lazy dog."
    """What a TTS is to say, and an LLM is asked."""
    audio_seconds: ClassVar[float] = 2.0
    """How much an STT is to hear."""
    sample_rate: ClassVar[int] = 16_000
    """Of the audio an STT is given."""
    patience: ClassVar[float] = 30.0
    """Seconds until a test gives up on a call."""

    @pytest.fixture
    def cloud(self) -> LoopbackCloud | None:
        """The vendor's cloud; None for a provider that needs no network."""
        return None

    def base_url(self, cloud: Any) -> str:
        """What a user would give as the vendor's root URL."""
        return str(cloud.url)

    @pytest.fixture
    def installed(self, request: pytest.FixtureRequest, plugins: PluginBench) -> PluginBench:
        """The bench with the plugin installed."""
        mode = request.config.getoption("asyncio_mode", None)
        if str(mode or request.config.getini("asyncio_mode")).rpartition(".")[2].lower() != "auto":
            pytest.fail('these tests need asyncio_mode = "auto" in pytest\'s configuration')
        plugins.install(self.provider, self.plugin)
        return plugins

    def loaded(self, bench: PluginBench) -> Provider:
        return bench.provider(self.provider)

    def key_variable(self, bench: PluginBench) -> str:
        info = self.loaded(bench).provider_info()
        if info.local:
            pytest.skip(f"{self.provider} is local: it needs no key")
        assert info.key_variable is not None, "provider_info.key_variable is None"
        return info.key_variable

    def key(self, cloud: LoopbackCloud | None) -> str:
        return LoopbackCloud.key if cloud is None else cloud.key

    def address(self, cloud: LoopbackCloud | None) -> dict[str, str]:
        """Where the provider is and how it is let in; a local one is given no key."""
        local = get_provider(self.provider).provider_info().local
        key = {} if local else {"api_key": self.key(cloud)}
        return key if cloud is None else {**key, "base_url": self.base_url(cloud)}

    def settings(self, cloud: LoopbackCloud | None, **extra: Any) -> ProviderSettings:
        """As the config would have it."""
        return PluginBench.settings(self.provider, **{**self.address(cloud), **extra})

    def create(
        self, bench: PluginBench, settings: ProviderSettings, options: Mapping[str, Any]
    ) -> Any:
        """What the plugin's hook makes, without the meter."""
        arguments: dict[str, Any] = {"settings": settings, "options": options}
        if self.modality is Modality.STT:
            arguments["language"] = self.language
        elif self.modality is Modality.TTS:
            arguments["voice"] = self.voice
        return getattr(self.loaded(bench), f"create_{self.modality}")(self.model, **arguments)

    def factory(self, **arguments: Any) -> Any:
        """What a user gets from `voicegateway.inference`."""
        make = getattr(inference, self.modality.upper())
        if self.modality is Modality.STT:
            arguments["language"] = self.language
        elif self.modality is Modality.TTS:
            arguments["voice"] = self.voice
        return make(f"{self.provider}/{self.model}", **{**self.options, **arguments})

    @contextlib.asynccontextmanager
    async def made(self, cloud: LoopbackCloud | None, **arguments: Any) -> AsyncIterator[Any]:
        """A metered object on the cloud, closed at the end."""
        target = self.factory(**{**self.address(cloud), **arguments})
        try:
            yield target
        finally:
            await target.aclose()

    def needs_cloud(self, cloud: LoopbackCloud | None) -> LoopbackCloud:
        if cloud is None:
            pytest.skip(f"{self.provider} has no `cloud` fixture: it needs no network")
        return cloud

    def suffers(self, cloud: LoopbackCloud | None, fault: Fault, times: int | None = None) -> None:
        """From now on the cloud has a fault, for so many requests."""
        known = self.needs_cloud(cloud)
        known.fault, known.times = fault, times

    def one(self, rows: list[AttemptRow]) -> AttemptRow:
        assert len(rows) == 1, (
            f"one call on {self.provider}/{self.model} without retries left {len(rows)} rows in "
            f"the ledger: {[(row.outcome, row.attempt) for row in rows]}"
        )
        return rows[0]

    @staticmethod
    def steady(row: AttemptRow) -> dict[Unit, Any]:
        """The units that do not differ from run to run."""
        return {unit: amount for unit, amount in row.units.items() if unit not in _TIME_UNITS}


def conn(retries: int = 0, timeout: float = 5.0) -> APIConnectOptions:
    """Connect options with so many retries, ten milliseconds apart."""
    return APIConnectOptions(max_retry=retries, retry_interval=0.01, timeout=timeout)


@contextlib.contextmanager
def _explained(what: str, seconds: float) -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        pytest.fail(f"{what} did not end within {seconds} s")


@contextlib.asynccontextmanager
async def within(seconds: float, what: str) -> AsyncIterator[None]:
    """Fail with a sentence where a call hangs."""
    with _explained(what, seconds):
        async with asyncio.timeout(seconds):
            yield
