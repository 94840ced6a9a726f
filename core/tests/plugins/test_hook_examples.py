"""The example in each hook's documentation is a plugin: installed here, and asked."""

from __future__ import annotations

import inspect
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from textwrap import dedent

import pytest
from livekit import rtc
from livekit.agents import llm, stt, tts

from voicegateway import hookspecs
from voicegateway.testing import UsageCloud
from voicegateway.types import (
    Modality,
    PriceTerms,
    ProviderSettings,
    Secret,
    StreamReport,
    StreamVerdict,
    Unit,
    Usage,
)

HOOKS = [
    name
    for name, value in vars(hookspecs).items()
    if hasattr(value, f"{hookspecs.PROJECT_NAME}_spec")
]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SETTINGS = ProviderSettings("acme")
MEASURED = Usage({Unit.AUDIO_SECONDS: Decimal(30)}, "measured")
EXPORT = "day,model,seconds,usd\n2026-11-01,swift-1,90.5,0.12\n"


def example(hook: str) -> str:
    _, _, code = inspect.getdoc(getattr(hookspecs, hook)).partition("\nFor example:\n\n")
    return dedent(code)


def report(reported: Usage | None) -> StreamReport:
    return StreamReport(
        call_id="call",
        attempt=1,
        provider="acme",
        model="swift-1",
        modality=Modality.STT,
        terms=PriceTerms(NOW),
        outcome="completed",
        measured=MEASURED,
        reported=reported,
        opened_at=NOW,
        first_output_ms=None,
        duration_ms=5.0,
    )


async def check_create_stt(provider, tmp_path):
    made = provider.create_stt("m", "en", SETTINGS, {})
    assert isinstance(made, stt.STT)
    frame = rtc.AudioFrame(bytes(3200), sample_rate=16000, num_channels=1, samples_per_channel=1600)
    event = await made.recognize(frame)
    assert event.type is stt.SpeechEventType.FINAL_TRANSCRIPT
    assert event.alternatives[0].text == "hello"


async def check_create_llm(provider, tmp_path):
    made = provider.create_llm("m", SETTINGS, {})
    assert isinstance(made, llm.LLM)
    async with made.chat(chat_ctx=llm.ChatContext.empty()) as stream:
        assert [chunk.delta.content async for chunk in stream] == ["hello"]


async def check_create_tts(provider, tmp_path):
    made = provider.create_tts("m", None, SETTINGS, {})
    assert isinstance(made, tts.TTS)
    async with made.synthesize("hello") as stream:
        frames = [event.frame async for event in stream]
    assert sum(frame.duration for frame in frames) == pytest.approx(1.0)


async def check_price_usage(provider, tmp_path):
    quote = provider.price_usage("m", Modality.STT, MEASURED, PriceTerms(NOW))
    assert quote.amount_usd == Decimal("0.0024")
    (line,) = quote.lines
    assert line.amount_usd == line.billed / line.per * line.rate_usd == quote.amount_usd
    assert (quote.confidence, quote.as_of) == ("exact", date(2026, 11, 22))
    assert provider.price_usage("m", Modality.STT, Usage({}), PriceTerms(NOW)) is None


async def check_validate_stream(provider, tmp_path):
    assert provider.validate_stream(report(None)) == StreamVerdict(MEASURED, "usage_missing")
    said = Usage({Unit.AUDIO_SECONDS: Decimal(31)})
    assert provider.validate_stream(report(said)) == StreamVerdict(said, "confirmed")


async def check_provider_info(provider, tmp_path):
    info = provider.provider_info()
    assert (info.title, info.modalities) == ("Acme Speech", {Modality.STT})


async def check_check_provider(provider, tmp_path):
    assert not (await provider.check_provider(SETTINGS)).ok
    assert (await provider.check_provider(ProviderSettings("acme", Secret("key")))).ok


async def check_read_usage_export(provider, tmp_path):
    file = tmp_path / "export.csv"
    file.write_text(EXPORT)
    for source in (file, str(file), io.BytesIO(EXPORT.encode())):
        (line,) = provider.read_usage_export(source)
        assert (line.model, line.cost_usd) == ("swift-1", Decimal("0.12"))
        assert line.units == {Unit.AUDIO_SECONDS: Decimal("90.5")}
        assert (line.start, line.end) == (datetime(2026, 11, 1, tzinfo=UTC), line.end)
        assert (line.end - line.start).days == 1


async def check_pull_usage_export(provider, tmp_path):
    with UsageCloud(lambda asked: {"path": asked.path, "has_more": False}) as cloud:
        settings = ProviderSettings("acme", Secret("key"), cloud.url)
        end = datetime(2026, 11, 3, tzinfo=UTC)
        start = datetime(2026, 11, 1, tzinfo=UTC)
        (file,) = provider.pull_usage_export(settings, start, end, tmp_path / "pages")
    assert json.loads(file.read_text())["path"] == "/v1/usage"
    (asked,) = cloud.asked
    assert asked.headers["authorization"] == "Bearer key"
    assert asked.one("from") == "2026-11-01T00:00:00+00:00"


async def check_default_options(provider, tmp_path):
    assert provider.default_options(Modality.STT) == {"sample_rate": 16000}
    assert provider.default_options(Modality.TTS) == {}


async def check_list_rates(provider, tmp_path):
    (rate,) = provider.list_rates()
    assert (rate.model, rate.modality, rate.unit) == ("swift-1", Modality.STT, Unit.AUDIO_SECONDS)
    assert (rate.rate_usd, rate.per) == (Decimal("0.0048"), Decimal(60))
    assert rate.checked_on == date(2026, 11, 22)


async def check_model_bundles(provider, tmp_path):
    (bundle,) = provider.model_bundles()
    assert (bundle.model, bundle.files[0].path) == ("tiny", "model.bin")


async def check_preload_provider(provider, tmp_path):
    assert provider.preload() is None


@pytest.mark.parametrize("hook", HOOKS)
async def test_the_example_of_a_hook_is_a_working_plugin(site, registry, tmp_path, hook):
    code = example(hook)
    assert "@hookimpl" in code, f"{hook} has no example"
    site.add("voicegw-acme", provider="acme", module=code)

    provider = registry.get("acme")

    assert [name for name in HOOKS if provider.implements(name)] == [hook]
    await globals()[f"check_{hook}"](provider, tmp_path)
