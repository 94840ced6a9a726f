"""A month of OpenAI's usage and cost reports beside the ledger of the same calls."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from openai_reports import CHAT, CHAT_2, Reports

import voicegw_openai
from voicegateway.testing import ReconcileConformance
from voicegateway.testing.reconciling.calls import Call, Leg
from voicegateway.testing.reconciling.faults import Fault
from voicegateway.types import Modality, Unit, Usage

SPEECH, HEARD, TRANSCRIBED = "tts-1", "whisper-1", "gpt-4o-transcribe"
CHAT_UNITS = {Unit.INPUT_TOKENS, Unit.CACHED_INPUT_TOKENS, Unit.OUTPUT_TOKENS}


def spoken(chance):
    """A turn of a conversation: the longer it lasts, the more of it is cached."""
    cached = chance.choice([0, 1024, 1152, 2048])
    return {
        Unit.INPUT_TOKENS: Decimal(chance.randrange(80, 900)),
        Unit.CACHED_INPUT_TOKENS: Decimal(cached),
        Unit.OUTPUT_TOKENS: Decimal(chance.randrange(8, 180)),
    }


def said(chance):
    return {Unit.CHARACTERS: Decimal(chance.randrange(15, 400))}


def heard(chance):
    return {Unit.AUDIO_SECONDS: Decimal(chance.randrange(8_000, 140_000)) / 1000}


def transcribed(chance):
    """Billed by tokens."""
    seconds = Decimal(chance.randrange(800, 14_000)) / 1000
    return {
        Unit.INPUT_AUDIO_TOKENS: Decimal(int(seconds * 10)),
        Unit.OUTPUT_TOKENS: Decimal(chance.randrange(4, 60)),
    }


class TestOpenAIAgrees(Reports, ReconcileConformance):
    provider, plugin = "openai", voicegw_openai
    legs = (
        Leg(CHAT, Modality.LLM, spoken),
        Leg(CHAT_2, Modality.LLM, spoken),
        Leg(SPEECH, Modality.TTS, said),
        Leg(HEARD, Modality.STT, heard),
    )
    rows = {
        CHAT: CHAT_UNITS,
        CHAT_2: CHAT_UNITS,
        SPEECH: {Unit.CHARACTERS},
        HEARD: {Unit.AUDIO_SECONDS},
    }
    hourly = True

    def faults(self) -> list[Fault]:
        return [*super().faults(), *TOKENS]


def cached_twice(call: Call) -> list[Call]:
    """The counter of the vendor's answer, in which the cached tokens are, taken as it is."""
    units = dict(call.units)
    units[Unit.INPUT_TOKENS] += units[Unit.CACHED_INPUT_TOKENS]
    return [booked(call, units)]


def without_cache(call: Call) -> list[Call]:
    """The cached tokens of every other call booked as uncached ones."""
    if call.number % 2:
        return [call]
    units = {**call.units, Unit.CACHED_INPUT_TOKENS: Decimal(0)}
    units[Unit.INPUT_TOKENS] += call.units[Unit.CACHED_INPUT_TOKENS]
    return [booked(call, units)]


def cut_off(call: Call) -> list[Call]:
    """Turns that were interrupted have no usage, and were booked as nothing."""
    nothing = dict.fromkeys(call.units, Decimal(0))
    return [booked(call, nothing)] if call.number % 5 == 0 else [call]


def booked(call: Call, units: dict[Unit, Decimal]) -> Call:
    """With other units, at their price."""
    quote = voicegw_openai.price_usage(call.model, call.modality, Usage(units), call.terms)
    return replace(call, units=units, quote=quote)


TOKENS = [
    Fault(
        "cache counted twice",
        CHAT,
        {CHAT: "units"},
        ledger=cached_twice,
        units=frozenset({Unit.INPUT_TOKENS}),
        says="cache counted twice",
    ),
    Fault(
        "cache booked as input",
        CHAT,
        {CHAT: "units"},
        ledger=without_cache,
        units=frozenset({Unit.INPUT_TOKENS, Unit.CACHED_INPUT_TOKENS}),
    ),
    Fault("interrupted turns booked as nothing", CHAT, {CHAT: "units"}, ledger=cut_off),
    Fault(
        "data residency, which costs a tenth more",
        CHAT_2,
        {CHAT_2: "rate"},
        vendor=lambda call: [call.costing(Decimal("1.1"))],
    ),
]


class TestOpenAITokensOfSpeech(Reports, ReconcileConformance):
    """The usage report counts seconds, the bill tokens."""

    provider, plugin = "openai", voicegw_openai
    legs = (Leg(TRANSCRIBED, Modality.STT, transcribed), Leg(SPEECH, Modality.TTS, said))
    only_counted = frozenset({Unit.AUDIO_SECONDS})
    rows = {
        TRANSCRIBED: {Unit.AUDIO_SECONDS, Unit.INPUT_AUDIO_TOKENS, Unit.OUTPUT_TOKENS},
        SPEECH: {Unit.CHARACTERS},
    }

    def faults(self) -> list[Fault]:
        return [fault for fault in super().faults() if fault.model == TRANSCRIBED]
