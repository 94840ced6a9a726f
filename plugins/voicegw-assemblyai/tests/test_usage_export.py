"""The last messages of AssemblyAI's sessions: what each line says."""

from __future__ import annotations

import io
import json
import tracemalloc
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

import voicegw_assemblyai
from voicegateway.authoring import UsageExportError
from voicegateway.core.registry import get_provider
from voicegateway.testing import UsageExportConformance
from voicegateway.types import Modality, Unit, UsageLine

EXPORTS = Path(__file__).parent / "exports"
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = datetime(2026, 11, 2, tzinfo=UTC)
THIRD = datetime(2026, 11, 3, tzinfo=UTC)


def read(source) -> list[UsageLine]:
    return list(get_provider("assemblyai").read_usage_export(source))


def read_json(*documents) -> list[UsageLine]:
    return read(io.BytesIO("\n".join(map(json.dumps, documents)).encode()))


def ended(session=300, heard=58, **fields) -> dict:
    return {
        "type": "Termination",
        "audio_duration_seconds": heard,
        "session_duration_seconds": session,
        **fields,
    }


def test_each_session_has_the_seconds_that_are_billed():
    lines = read(EXPORTS / "assemblyai_termination_events.jsonl")
    assert [line.units[Unit.SESSION_SECONDS] for line in lines] == [300, 121, 10_800]
    assert [line.units[Unit.AUDIO_SECONDS] for line in lines] == [58, 118, 30]
    assert {(line.model, line.modality, line.cost_usd) for line in lines} == {
        ("*", Modality.STT, None)
    }
    assert {line.raw["report"] for line in lines} == {"termination"}


def test_a_message_does_not_say_when_so_it_is_in_every_window():
    (line,) = read_json(ended())
    assert line.start < FIRST < THIRD < line.end


def test_who_writes_the_lines_may_add_time_and_model():
    (line,) = read_json(ended(86_400, timestamp="2026-11-02T01:00:00+01:00", model="u3-rt-pro"))
    assert (line.start, line.end, line.model) == (FIRST, SECOND, "u3-rt-pro")


def test_other_messages_of_a_session_are_passed_over_with_what_was_said():
    begin = {"type": "Begin", "id": "s", "expires_at": 1793491200}
    turn = {"type": "Turn", "transcript": "my card number is"}
    lines = read_json(begin, turn, ended(), begin, turn, ended(5))
    assert [line.units[Unit.SESSION_SECONDS] for line in lines] == [300, 5]
    assert "card" not in repr(lines)


def test_a_hundred_thousand_sessions_stay_flat_in_memory(tmp_path):
    path = tmp_path / "sessions.jsonl"
    path.write_text(f"{json.dumps(ended())}\n" * 100_000)
    lines = iter(get_provider("assemblyai").read_usage_export(path))
    seconds = sum(line.units[Unit.SESSION_SECONDS] for line in islice(lines, 95_000))
    tracemalloc.start()
    try:
        seconds += sum(line.units[Unit.SESSION_SECONDS] for line in lines)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seconds == 300 * 100_000
    assert peak < 1_000_000, "5,000 lines that are kept take four times as much"


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (ended(surprise=1, another=2), "unknown columns: 'another', 'surprise'"),
        ({"type": "Termination"}, "lacks the columns"),
        ({"type": "Shutdown"}, "its type is 'Shutdown'"),
        ({"session_duration_seconds": 5}, "its type is None"),
        ({"type": "Turn"}, "has no Termination"),
        (ended(-1), "session_duration_seconds: -1 is below zero"),
        (ended("long"), "is no number"),
        (ended(timestamp="2026-11-01T00:00:00"), "it lacks its time zone"),
        (ended(90_000, timestamp="2026-11-01"), "lasted longer than"),
        (ended(model="=1+1"), "is a spreadsheet formula"),
    ],
)
def test_what_is_not_as_documented_is_one_error(document, says):
    with pytest.raises(UsageExportError) as caught:
        read_json(document)
    assert says in str(caught.value)


class TestAssemblyAIExports(UsageExportConformance):
    provider, plugin = "assemblyai", voicegw_assemblyai
    samples = EXPORTS
