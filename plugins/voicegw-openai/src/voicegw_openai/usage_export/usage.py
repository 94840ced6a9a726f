"""What was used, by model. These reports have no costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from voicegateway.authoring import Bucket, ExportRecord, usage_line
from voicegateway.types import Modality, Unit, UsageLine
from voicegw_openai.usage_export.names import ledger_model, modality_of

__all__ = ["completion_line", "speech_line", "transcription_line"]

_GROUPS: Final = {"object", "project_id", "user_id", "api_key_id", "model"}
_CACHED: Final = {
    "input_cached_tokens",
    "input_cached_text_tokens",
    "input_cached_audio_tokens",
    "input_cached_image_tokens",
}
_WRITTEN: Final = {
    "input_cache_write_tokens",
    "input_cache_write_30m_tokens",
    "input_cache_write_12h_tokens",
}
_BY_KIND: Final = {
    "input_uncached_tokens",
    "input_text_tokens",
    "input_audio_tokens",
    "input_image_tokens",
    "output_text_tokens",
    "output_audio_tokens",
    "output_image_tokens",
}
_COMPLETION: Final = {
    *_GROUPS,
    *("batch", "service_tier", "api_source"),
    *_CACHED,
    *_WRITTEN,
    *_BY_KIND,
}


def completion_line(result: ExportRecord, bucket: Bucket) -> UsageLine:
    result.expect({"input_tokens", "output_tokens", "num_model_requests"}, _COMPLETION)
    model = result.word("model")
    return usage_line(
        result,
        bucket,
        model=model,
        ledger_model=ledger_model(model),
        modality=modality_of(model),
        units={**_input(result), **_output(result)},
    )


def speech_line(result: ExportRecord, bucket: Bucket) -> UsageLine:
    result.expect({"characters", "num_model_requests"}, _GROUPS)
    return _counted(result, bucket, Modality.TTS, Unit.CHARACTERS, result.count("characters"))


def transcription_line(result: ExportRecord, bucket: Bucket) -> UsageLine:
    """Whole seconds."""
    result.expect({"seconds", "num_model_requests"}, _GROUPS)
    return _counted(result, bucket, Modality.STT, Unit.AUDIO_SECONDS, result.count("seconds"))


def _counted(
    result: ExportRecord, bucket: Bucket, modality: Modality, unit: Unit, count: Decimal
) -> UsageLine:
    model = result.word("model")
    return usage_line(
        result,
        bucket,
        model=model,
        ledger_model=ledger_model(model),
        modality=modality,
        units={unit: count},
    )


def _input(result: ExportRecord) -> dict[Unit, Decimal]:
    """Disjoint: within `input_tokens` are what was cached, what was written to the cache, and
    uncached audio. Images have no unit of their own and are counted as text."""
    audio = result.count("input_audio_tokens")
    cached_audio = result.count("input_cached_audio_tokens")
    cached = result.count("input_cached_tokens") - cached_audio
    written = _written(result)
    uncached = result.count("input_tokens") - cached - cached_audio - sum(written.values()) - audio
    if cached < 0 or uncached < 0:
        raise result.error("has more tokens cached, written or of audio than input_tokens")
    return {
        Unit.INPUT_TOKENS: uncached,
        Unit.CACHED_INPUT_TOKENS: cached,
        Unit.INPUT_AUDIO_TOKENS: audio,
        Unit.CACHED_INPUT_AUDIO_TOKENS: cached_audio,
        **written,
    }


def _written(result: ExportRecord) -> dict[Unit, Decimal]:
    """The longer lifetime, 12 hours, apart. An older answer has the sum alone, or the parts."""
    lasting = result.count("input_cache_write_12h_tokens")
    brief = result.count("input_cache_write_30m_tokens")
    total = result.number("input_cache_write_tokens")
    if total is None:
        total = brief + lasting
    if total < brief + lasting:
        raise result.error("has more tokens in parts of cache writes than input_cache_write_tokens")
    return {Unit.CACHE_WRITE_TOKENS: total - lasting, Unit.CACHE_WRITE_1H_TOKENS: lasting}


def _output(result: ExportRecord) -> dict[Unit, Decimal]:
    audio = result.count("output_audio_tokens")
    text = result.count("output_tokens") - audio
    if text < 0:
        raise result.error("has more output_audio_tokens than output_tokens")
    return {Unit.OUTPUT_TOKENS: text, Unit.OUTPUT_AUDIO_TOKENS: audio}
