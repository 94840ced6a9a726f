"""OpenAI's counters, as they come, to disjoint units."""

from decimal import Decimal

import pytest

from voicegateway.authoring import AttemptCounters
from voicegateway.types import Unit
from voicegw_openai.counters import note_response_event, note_transcription
from voicegw_openai.units import language_units, transcription_units


def units(**counts):
    return {Unit(name): Decimal(count) for name, count in counts.items()}


def test_cached_and_written_tokens_are_within_the_input_and_reasoning_within_the_output():
    usage = {
        "prompt_tokens": 1000,
        "completion_tokens": 200,
        "prompt_tokens_details": {"cached_tokens": 600, "cache_write_tokens": 300},
        "completion_tokens_details": {"reasoning_tokens": 150},
    }
    assert language_units(usage) == units(
        input_tokens=100, cached_input_tokens=600, cache_write_tokens=300, output_tokens=200
    )


def test_audio_tokens_are_within_input_and_output():
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 80,
        "prompt_tokens_details": {"audio_tokens": 70},
        "completion_tokens_details": {"audio_tokens": 60},
    }
    assert language_units(usage) == units(
        input_tokens=30, input_audio_tokens=70, output_tokens=20, output_audio_tokens=60
    )


def test_cache_writes_of_a_response_are_told_apart_by_their_lifetime():
    usage = {
        "input_tokens": 1000,
        "output_tokens": 10,
        "input_tokens_details": {
            "cached_tokens": 0,
            "cache_write_tokens": 900,
            "cache_write_tokens_details": {"ttl_30m_tokens": 200, "ttl_12h_tokens": 700},
        },
    }
    assert language_units(usage) == units(
        input_tokens=100, cache_write_tokens=200, cache_write_1h_tokens=700, output_tokens=10
    )


@pytest.mark.parametrize("usage", [None, "tokens", {}, {"prompt_tokens": -5}, {"prompt_tokens": 0}])
def test_what_is_no_usage_has_no_units(usage):
    assert language_units(usage) == {}


def transcribed(*usages):
    attempt = AttemptCounters()
    for usage in usages:
        note_transcription(attempt, usage)
    return transcription_units(attempt.facts)


def test_a_transcriptions_text_and_audio_tokens_are_apart():
    usage = {
        "type": "tokens",
        "input_tokens": 40,
        "output_tokens": 9,
        "input_token_details": {"audio_tokens": 30, "text_tokens": 10},
    }
    assert transcribed(usage) == units(input_audio_tokens=30, input_tokens=10, output_tokens=9)


def test_input_tokens_without_details_are_audio():
    usage = {"type": "tokens", "input_tokens": 40, "output_tokens": 9}
    assert transcribed(usage) == units(input_audio_tokens=40, output_tokens=9)


def test_several_transcriptions_add_up():
    usage = {"type": "tokens", "input_tokens": 40, "output_tokens": 9}
    assert transcribed(usage, usage) == units(input_audio_tokens=80, output_tokens=18)
    seconds = {"type": "duration", "seconds": 1.1}
    assert transcribed(seconds, seconds, seconds) == units(audio_seconds="3.3")


@pytest.mark.parametrize(
    "usage", [None, {}, {"seconds": "9"}, {"seconds": -1}, {"seconds": float("nan")}, 7]
)
def test_a_transcription_without_usage_counts_nothing(usage):
    assert transcribed(usage) == {}


def test_every_end_of_a_response_has_its_usage_noted():
    for kind in ("response.completed", "response.incomplete", "response.failed"):
        attempt = AttemptCounters()
        response = {"usage": {"input_tokens": 5, "output_tokens": 1}, "service_tier": "priority"}
        note_response_event(attempt, {"type": kind, "response": response})
        assert attempt.facts["usage"] == {"input_tokens": 5, "output_tokens": 1}
        assert attempt.facts["service_tier"] == "priority"


def test_events_in_the_middle_of_a_response_are_not_looked_at():
    attempt = AttemptCounters()
    note_response_event(attempt, {"type": "response.created", "response": {"usage": {}}})
    assert attempt.facts == {}
