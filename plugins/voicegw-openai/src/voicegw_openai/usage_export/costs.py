"""What it cost, by line item: `gpt-4o-mini-2024-07-18, cached_input_tokens`, or `tts-1` alone.

The types of openai 3.54 give one example of a line item. A part of another spelling keeps its cost
and has no units: nothing is guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from voicegateway.authoring import Bucket, ExportRecord, usage_line
from voicegateway.authoring.exports import shown
from voicegateway.types import Unit, UsageLine
from voicegw_openai.usage_export.names import ledger_model, modality_of

__all__ = ["cost_line"]

_OPTIONAL: Final = {
    *("line_item", "quantity", "quantity_unit"),
    *("project_id", "user_id", "api_key_id", "api_source"),
}

_TOKENS: Final = {
    frozenset({"input"}): Unit.INPUT_TOKENS,
    frozenset({"cached", "input"}): Unit.CACHED_INPUT_TOKENS,
    frozenset({"cache", "write"}): Unit.CACHE_WRITE_TOKENS,
    frozenset({"cache", "write", "30m"}): Unit.CACHE_WRITE_TOKENS,
    frozenset({"cache", "write", "12h"}): Unit.CACHE_WRITE_1H_TOKENS,
    frozenset({"output"}): Unit.OUTPUT_TOKENS,
    frozenset({"audio", "input"}): Unit.INPUT_AUDIO_TOKENS,
    frozenset({"cached", "audio", "input"}): Unit.CACHED_INPUT_AUDIO_TOKENS,
    frozenset({"audio", "output"}): Unit.OUTPUT_AUDIO_TOKENS,
}
"""By the words of the part, without `text` and `tokens`, which change nothing."""
_SCALES: Final = {
    "tokens": Decimal(1),
    "1000_tokens": Decimal(1000),
    "characters": Decimal(1),
    "duration_seconds": Decimal(1),
    "duration_minutes": Decimal(60),
    "duration_hours": Decimal(3600),
}


def cost_line(result: ExportRecord, bucket: Bucket) -> UsageLine:
    result.expect({"object", "amount"}, _OPTIONAL)
    item = result.word("line_item")
    model, _, part = (item or "").partition(", ")
    return usage_line(
        result,
        bucket,
        model=model or None,
        ledger_model=ledger_model(model or None),
        modality=modality_of(model or None),
        units=_units(result, part),
        cost_usd=_dollars(result),
        cost_of=_unit(result.word("quantity_unit") or "tokens", part),
    )


def _dollars(result: ExportRecord) -> Decimal | None:
    """Below zero where OpenAI gave something back."""
    amount = result.record("amount")
    if amount is None:
        return None
    amount.expect({"value", "currency"})
    currency = amount.word("currency")
    if currency is not None and currency.lower() != "usd":
        raise amount.error(f"is in {shown(currency)}: only costs in dollars can be compared")
    return amount.number("value", below_zero=True)


def _units(result: ExportRecord, part: str) -> dict[Unit, Decimal | None]:
    """Empty where the quantity has none of our units."""
    said = result.word("quantity_unit") or ""
    unit, scale = _unit(said, part), _SCALES.get(said)
    quantity = result.number("quantity", below_zero=True)
    if unit is None or scale is None or quantity is None:
        return {}
    return {unit: quantity * scale}


def _unit(said: str, part: str) -> Unit | None:
    if said == "characters":
        return Unit.CHARACTERS
    if said.startswith("duration_"):
        return Unit.AUDIO_SECONDS
    if not said.endswith("tokens"):
        return None
    words = set(re.findall(r"[a-z0-9]+", part.lower())) - {"text", "token", "tokens"}
    if {"cache", "write"} <= words:
        words.discard("input")
    return _TOKENS.get(frozenset(words))
