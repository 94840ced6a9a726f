"""The plugin contract: what a provider may implement.

A plugin is a module named by an entry point in the group `voicegw.providers`; the entry
point's name is the provider id. The first five hooks are the contract, the rest are optional.
Every hook is synchronous and is asked of one provider alone. An implementation takes the
arguments it wants and leaves out the others; hooks may gain arguments within a major version
and never lose one. Every hook also offers `provider`, the id that was asked for.

A plugin module imports neither LiveKit nor a vendor's SDK at the top, only inside its factories.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pluggy

from voicegateway.types import (
    ListedRate,
    Modality,
    ModelBundle,
    PriceQuote,
    PriceTerms,
    ProviderCheck,
    ProviderInfo,
    ProviderSettings,
    StreamReport,
    StreamVerdict,
    Usage,
    UsageLine,
)

if TYPE_CHECKING:
    from livekit.agents import llm, stt, tts

__all__ = ["ENTRY_POINT_GROUP", "PROJECT_NAME", "hookimpl"]

PROJECT_NAME = "voicegw"
ENTRY_POINT_GROUP = "voicegw.providers"

_hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


@_hookspec(firstresult=True)
def create_stt(
    provider: str,
    model: str,
    language: str | None,
    settings: ProviderSettings,
    options: Mapping[str, Any],
) -> stt.STT[Any]:
    """Make a native LiveKit speech-to-text object.

    `language` is a BCP 47 tag or None for the model's own default; `options` are the caller's
    keyword arguments. Raise `ValueError` for an option that is not known, naming the nearest.

    For example:

        from voicegateway import hookimpl

        @hookimpl
        def create_stt(model, language, settings, options):
            from livekit.agents import stt

            class EchoSTT(stt.STT):
                def __init__(self):
                    capabilities = stt.STTCapabilities(streaming=False, interim_results=False)
                    super().__init__(capabilities=capabilities)

                async def _recognize_impl(self, buffer, *, language=None, conn_options):
                    heard = stt.SpeechData(language="en", text="hello")
                    kind = stt.SpeechEventType.FINAL_TRANSCRIPT
                    return stt.SpeechEvent(type=kind, alternatives=[heard])

            return EchoSTT()
    """


@_hookspec(firstresult=True)
def create_llm(
    provider: str, model: str, settings: ProviderSettings, options: Mapping[str, Any]
) -> llm.LLM[Any]:
    """Make a native LiveKit language model object.

    For example:

        from voicegateway import hookimpl

        @hookimpl
        def create_llm(model, settings, options):
            from livekit.agents import llm

            class ParrotStream(llm.LLMStream):
                async def _run(self):
                    delta = llm.ChoiceDelta(role="assistant", content="hello")
                    self._event_ch.send_nowait(llm.ChatChunk(id="1", delta=delta))

            class ParrotLLM(llm.LLM):
                def chat(self, *, chat_ctx, tools=None, conn_options=None, **_):
                    from livekit.agents import DEFAULT_API_CONNECT_OPTIONS

                    return ParrotStream(
                        self,
                        chat_ctx=chat_ctx,
                        tools=tools or [],
                        conn_options=conn_options or DEFAULT_API_CONNECT_OPTIONS,
                    )

            return ParrotLLM()
    """


@_hookspec(firstresult=True)
def create_tts(
    provider: str,
    model: str,
    voice: str | None,
    settings: ProviderSettings,
    options: Mapping[str, Any],
) -> tts.TTS[Any]:
    """Make a native LiveKit text-to-speech object.

    `voice` is the vendor's own voice id or None for the model's default.

    For example:

        from voicegateway import hookimpl

        @hookimpl
        def create_tts(model, voice, settings, options):
            from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, tts

            class ToneStream(tts.ChunkedStream):
                async def _run(self, output_emitter):
                    output_emitter.initialize(
                        request_id="1", sample_rate=24000, num_channels=1, mime_type="audio/pcm"
                    )
                    output_emitter.push(bytes(48000))

            class ToneTTS(tts.TTS):
                def __init__(self):
                    capabilities = tts.TTSCapabilities(streaming=False)
                    super().__init__(
                        capabilities=capabilities, sample_rate=24000, num_channels=1
                    )

                def synthesize(self, text, *, conn_options=DEFAULT_API_CONNECT_OPTIONS):
                    return ToneStream(tts=self, input_text=text, conn_options=conn_options)

            return ToneTTS()
    """


@_hookspec(firstresult=True)
def price_usage(
    provider: str, model: str, modality: Modality, usage: Usage, terms: PriceTerms
) -> PriceQuote | None:
    """Turn billable units into a quote, with the rate in force at `terms.at`.

    None means that the model has no known price. The operator's `pricing.overrides` are applied
    by the core before this hook is asked, and win.

    For example:

        from datetime import date
        from decimal import Decimal

        from voicegateway import hookimpl
        from voicegateway.types import PriceLine, PriceQuote, Unit

        RATE, PER = Decimal("0.0048"), Decimal(60)

        @hookimpl
        def price_usage(model, modality, usage, terms):
            seconds = usage.units.get(Unit.AUDIO_SECONDS)
            if seconds is None:
                return None
            amount = seconds / PER * RATE
            line = PriceLine(Unit.AUDIO_SECONDS, seconds, seconds, RATE, PER, amount)
            return PriceQuote(
                amount,
                (line,),
                source="price list",
                source_url="https://example.com/pricing",
                as_of=date(2026, 11, 22),
            )
    """


@_hookspec(firstresult=True)
def validate_stream(provider: str, report: StreamReport) -> StreamVerdict | None:
    """Decide what of an ended attempt is priced: the vendor's units when they are sound, the
    measured ones when the vendor said nothing, an honest estimate for a turn cut off.

    For example:

        from voicegateway import hookimpl
        from voicegateway.types import StreamVerdict

        @hookimpl
        def validate_stream(report):
            if report.reported is None:
                return StreamVerdict(report.measured, "usage_missing")
            return StreamVerdict(report.reported, "confirmed")
    """


@_hookspec(firstresult=True)
def provider_info(provider: str) -> ProviderInfo:
    """Say what the provider is. Optional.

    For example:

        from voicegateway import hookimpl
        from voicegateway.types import Modality, ProviderInfo

        @hookimpl
        def provider_info():
            return ProviderInfo(
                title="Acme Speech",
                modalities=frozenset({Modality.STT}),
                key_variable="ACME_API_KEY",
                docs_url="https://example.com/docs",
                models=("swift-1", "swift-2"),
            )
    """


@_hookspec(firstresult=True)
def check_provider(
    provider: str, settings: ProviderSettings
) -> ProviderCheck | Awaitable[ProviderCheck]:
    """Make one cheap authenticated call. Optional, and the only hook that may be `async`.

    For example:

        from voicegateway import hookimpl
        from voicegateway.types import ProviderCheck

        @hookimpl
        async def check_provider(settings):
            if settings.api_key is None:
                return ProviderCheck(ok=False, detail="set ACME_API_KEY")
            return ProviderCheck(ok=True, detail="the key is accepted", latency_ms=12.5)
    """


@_hookspec(firstresult=True)
def read_usage_export(
    provider: str, source: str | PathLike[str] | IO[bytes]
) -> Iterable[UsageLine]:
    """Read the vendor's own usage or cost export, from a path or an open binary file. Optional.

    For example:

        import csv
        import io
        from datetime import UTC, datetime, timedelta
        from decimal import Decimal
        from pathlib import Path

        from voicegateway import hookimpl
        from voicegateway.types import Modality, Unit, UsageLine

        @hookimpl
        def read_usage_export(source):
            data = source.read() if hasattr(source, "read") else Path(source).read_bytes()
            for row in csv.DictReader(io.StringIO(data.decode())):
                start = datetime.fromisoformat(row["day"]).replace(tzinfo=UTC)
                yield UsageLine(
                    start=start,
                    end=start + timedelta(days=1),
                    model=row["model"],
                    modality=Modality.STT,
                    units={Unit.AUDIO_SECONDS: Decimal(row["seconds"])},
                    cost_usd=Decimal(row["usd"]),
                    raw=row,
                )
    """


@_hookspec(firstresult=True)
def pull_usage_export(
    provider: str, settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterable[Path]:
    """Fetch the vendor's reports of a window into files of `folder` that `read_usage_export` reads,
    and give each file when it is whole. Optional.

    `settings` are those of the config's `usage_export`, their key is one that may read usage.
    `start` and `end` are UTC. A file that is there from a run that was broken off is given and not
    fetched again; the key is in no file, file name, log line or error.

    For example:

        from voicegateway import hookimpl

        @hookimpl
        def pull_usage_export(settings, start, end, folder):
            from voicegateway.authoring.pulling import Access, Report, pull_reports, utc_days

            utc_days(start, end, "Acme")
            report = Report(
                name="usage",
                url=f"{settings.base_url or 'https://api.example.com'}/v1/usage",
                query={"from": start.isoformat(), "to": end.isoformat()},
            )
            return pull_reports([report], folder, Access(settings, "Authorization", "Bearer "))
    """


@_hookspec(firstresult=True)
def default_options(provider: str, modality: Modality) -> Mapping[str, Any]:
    """Options the factory is called with unless the caller or the config gives them. Optional.

    For example:

        from voicegateway import hookimpl
        from voicegateway.types import Modality

        @hookimpl
        def default_options(modality):
            return {"sample_rate": 16000} if modality is Modality.STT else {}
    """


@_hookspec(firstresult=True)
def list_rates(provider: str) -> Iterable[ListedRate]:
    """The rates that `price_usage` works with, for `voicegw prices`. Optional.

    For example:

        from datetime import date
        from decimal import Decimal

        from voicegateway import hookimpl
        from voicegateway.types import ListedRate, Modality, Unit

        @hookimpl
        def list_rates():
            return [
                ListedRate(
                    model="swift-1",
                    modality=Modality.STT,
                    unit=Unit.AUDIO_SECONDS,
                    rate_usd=Decimal("0.0048"),
                    per=Decimal(60),
                    source="price list",
                    source_url="https://example.com/pricing",
                    checked_on=date(2026, 11, 22),
                )
            ]
    """


@_hookspec(firstresult=True)
def model_bundles(provider: str) -> Sequence[ModelBundle]:
    """The models that run on this machine and the files each needs, for `voicegw models`.
    Optional, and for local providers only.

    For example:

        from voicegateway import hookimpl
        from voicegateway.types import ModelBundle, ModelFile, UrlSource

        @hookimpl
        def model_bundles():
            weights = ModelFile(
                path="model.bin",
                sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                size=0,
                sources=(UrlSource("https://example.com/model.bin"),),
            )
            return [ModelBundle(model="tiny", files=(weights,), license="MIT")]
    """


@_hookspec(firstresult=True)
def preload_provider(provider: str) -> None:
    """Import what the factories need: LiveKit's plugins must first be imported on the main
    thread, which is where `voicegateway.preload()` calls this. Optional.

    For example:

        from voicegateway import hookimpl

        @hookimpl
        def preload_provider():
            import livekit.agents  # noqa: F401
    """
