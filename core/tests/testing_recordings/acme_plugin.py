"""The plugin of a vendor that speaks all three protocols: WebSocket, HTTP and SSE."""

from __future__ import annotations

from decimal import Decimal

from voicegateway import hookimpl
from voicegateway.authoring import current_attempt
from voicegateway.authoring.verdicts import AUDIO, TOKENS, judge
from voicegateway.types import Modality, PriceLine, PriceQuote, ProviderInfo, Unit

RATES = {
    Unit.AUDIO_SECONDS: Decimal("0.00008"),
    Unit.CHARACTERS: Decimal("0.00003"),
    Unit.INPUT_TOKENS: Decimal("0.000002"),
    Unit.OUTPUT_TOKENS: Decimal("0.000008"),
}
BILLED = {
    Modality.STT: {Unit.AUDIO_SECONDS},
    Modality.LLM: {Unit.INPUT_TOKENS, Unit.OUTPUT_TOKENS},
    Modality.TTS: {Unit.CHARACTERS},
}


@hookimpl
def provider_info():
    return ProviderInfo("Acme", frozenset(Modality), key_variable="ACME_API_KEY")


@hookimpl
def create_stt(model, language, settings, options):
    from acme_models import AcmeSTT

    return AcmeSTT(settings, language, **options)


@hookimpl
def create_llm(settings):
    from acme_models import AcmeLLM

    return AcmeLLM(settings)


@hookimpl
def create_tts(voice, settings):
    from acme_models import AcmeTTS

    return AcmeTTS(settings, voice)


@hookimpl
def validate_stream(report):
    said = report.vendor.get("billed", {})
    reported = {Unit(unit): Decimal(str(amount)) for unit, amount in said.items()}
    if report.modality is Modality.STT:
        return judge(report, reported, Unit.AUDIO_SECONDS, AUDIO)
    if report.modality is Modality.LLM:
        return judge(report, reported, Unit.OUTPUT_TOKENS, TOKENS)
    return None


@hookimpl
def price_usage(modality, usage):
    lines = tuple(
        PriceLine(unit, amount, amount, RATES[unit], Decimal(1), amount * RATES[unit])
        for unit, amount in usage.units.items()
        if unit in BILLED[modality]
    )
    total = sum((line.amount_usd for line in lines), Decimal(0))
    return PriceQuote(total, lines, source="price list")


def note_billed(units):
    """What the vendor says it bills."""
    current_attempt().note(billed=units)
