"""ElevenLabs' three reports: what each line says, to the last digit."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import voicegw_elevenlabs
from voicegateway.authoring import UsageExportError
from voicegateway.core.registry import get_provider
from voicegateway.testing import UsageExportConformance
from voicegateway.types import Modality, Unit, UsageLine

EXPORTS = Path(__file__).parent / "exports"
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = datetime(2026, 11, 2, tzinfo=UTC)
THIRD = datetime(2026, 11, 3, tzinfo=UTC)


def read(source) -> list[UsageLine]:
    return list(get_provider("elevenlabs").read_usage_export(source))


def read_json(*documents) -> list[UsageLine]:
    return read(io.BytesIO("\n".join(map(json.dumps, documents)).encode()))


DAY_MS = 86_400_000
FIRST_MS = 1793491200000


def table(columns, *rows, kinds=None, units=None) -> dict:
    return {
        "columns": columns,
        "column_types": kinds or ["DateTime", *["String"] * (len(columns) - 1)],
        "column_units": units or [None] * len(columns),
        "rows": list(rows),
    }


def credits_table(*rows) -> dict:
    return table(["timestamp", "product_type", "credits_used"], *rows, units=["s", "", "credits"])


def costs_table(*rows, units=(None, None, None, "usd", None)) -> dict:
    columns = ["time", "product_type", "model", "total_cost", "total_charge_count"]
    return table(columns, *rows, units=list(units))


def test_a_cost_workspace_has_costs_and_characters():
    lines = read(EXPORTS / "elevenlabs_workspace_cost_usage.json")
    assert [(line.start, line.end, line.model, line.cost_usd) for line in lines] == [
        (FIRST, SECOND, "eleven_flash_v2_5", Decimal("2.0")),
        (SECOND, THIRD, "eleven_flash_v2_5", Decimal("1.0")),
        (FIRST, SECOND, "eleven_multilingual_v2", Decimal("0.8")),
    ]
    assert [dict(line.units) for line in lines] == [
        {Unit.CHARACTERS: Decimal(count)} for count in (50_000, 25_000, 10_000)
    ]
    assert {line.modality for line in lines} == {Modality.TTS}
    assert {line.raw["report"] for line in lines} == {"costs"}


def test_what_speech_to_text_is_charged_by_is_not_guessed():
    (line,) = read_json(costs_table([FIRST_MS, "STT", "scribe_v2", "0.40", 3]))
    assert (line.modality, line.units, line.cost_usd) == (Modality.STT, {}, Decimal("0.40"))
    assert line.raw["total_charge_count"] == 3


def test_a_credit_workspace_has_credits():
    lines = read_json(
        credits_table(
            ["2026-11-01T00:00:00Z", "text-to-speech", "125.5"],
            ["2026-11-01T01:00:00Z", "voice-cloning", "75.25"],
            ["2026-11-01T02:00:00Z", "speech-to-text", "50.0"],
        )
    )
    assert [line.units[Unit.CREDITS] for line in lines] == [
        Decimal("125.5"),
        Decimal("75.25"),
        Decimal("50.0"),
    ]
    assert [line.modality for line in lines] == [Modality.TTS, None, Modality.STT]
    assert {line.end - line.start for line in lines} == {timedelta(hours=1)}
    assert {line.model for line in lines} == {"*"}
    assert {line.cost_usd for line in lines} == {None}


def test_columns_of_names_are_known_beside_their_ids():
    columns = ["time", "user_id", "user_label", "voice_id", "voice_name", "model", "credits_used"]
    (line,) = read_json(table(columns, [FIRST_MS, "u", "Ann", "v", "Rachel", "eleven_v4", 5]))
    assert (line.model, line.modality) == ("eleven_v4", Modality.TTS)


def test_character_statistics_are_credits_by_model():
    document = {
        "time": [FIRST_MS, FIRST_MS + DAY_MS],
        "usage": {"eleven_flash_v2_5": [10.5, 0], "scribe_v2": [0, 3]},
    }
    first, second = read_json(document)
    assert (first.start, first.end, first.model) == (FIRST, SECOND, "eleven_flash_v2_5")
    assert first.units == {Unit.CREDITS: Decimal("10.5")}
    assert (second.start, second.end, second.model) == (SECOND, THIRD, "scribe_v2")
    assert (first.modality, second.modality) == (Modality.TTS, Modality.STT)


def test_character_statistics_by_anything_else_are_of_every_model():
    every, product = read_json({"time": [FIRST_MS], "usage": {"All": [7], "TTS": [5]}})
    assert (every.model, every.modality, every.raw["part"]) == ("*", None, "All")
    assert (product.model, product.modality) == ("*", Modality.TTS)
    assert every.end - every.start == timedelta(days=1)


def starts_and_ends(*starts: str) -> list[tuple[str, str]]:
    rows = [[start, "TTS", 1] for start in starts]
    return [
        (line.start.isoformat()[:16], line.end.isoformat()[:16])
        for line in read_json(credits_table(*rows))
    ]


def test_a_bucket_ends_as_the_next_begins_when_the_clocks_change():
    assert starts_and_ends(
        "2026-10-24T00:00:00+02:00",
        "2026-10-25T00:00:00+02:00",
        "2026-10-26T00:00:00+01:00",
        "2026-10-27T00:00:00+01:00",
    ) == [
        ("2026-10-23T22:00", "2026-10-24T22:00"),
        ("2026-10-24T22:00", "2026-10-25T23:00"),
        ("2026-10-25T23:00", "2026-10-26T23:00"),
        ("2026-10-26T23:00", "2026-10-27T23:00"),
    ]


def test_a_day_of_no_use_belongs_to_no_bucket():
    assert starts_and_ends("2026-11-01", "2026-11-02", "2026-11-05") == [
        ("2026-11-01T00:00", "2026-11-02T00:00"),
        ("2026-11-02T00:00", "2026-11-03T00:00"),
        ("2026-11-05T00:00", "2026-11-06T00:00"),
    ]


def test_several_reports_in_one_file_are_all_read():
    lines = read_json(
        credits_table([FIRST_MS, "TTS", 1]), [credits_table([FIRST_MS + DAY_MS, "TTS", 2])]
    )
    assert [line.units[Unit.CREDITS] for line in lines] == [1, 2]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (table(["time", "credits_used", "x", "y"]), "unknown columns: 'x', 'y'"),
        (table(["time", "a", "credits_used"], kinds=["DateTime"] * 3), "unknown columns"),
        (table(["credits_used"], kinds=["Float"]), "lacks a column of the type DateTime"),
        (table(["time", "model"]), "lacks a column of the type DateTime or one of"),
        (table(["time", "model", "model"]), "has a column twice"),
        (credits_table([FIRST_MS, "TTS"]), "rows[0]: has not 3 cells"),
        (credits_table([FIRST_MS, "TTS", "some"]), "credits_used: 'some' is no number"),
        (credits_table([FIRST_MS, "=TTS()", 1]), "is a spreadsheet formula"),
        (credits_table(["2026-11-01T00:00:00", "TTS", 1]), "it lacks its time zone"),
        (credits_table([True, "TTS", 1]), "is no number"),
        (
            costs_table([FIRST_MS, "TTS", "eleven_v4", 1, 1], units=[None] * 5),
            "a currency that it does not say",
        ),
        (
            costs_table(
                [FIRST_MS, "TTS", "eleven_v4", 1, 1], units=[None, None, None, "eur", None]
            ),
            "has a cost in 'eur'",
        ),
        ({"detail": {"status": "missing_permissions"}}, "unknown columns: 'detail'"),
        ({"time": [FIRST_MS], "usage": {"All": []}}, "'All' has 0 values for 1 times"),
        ({"time": [FIRST_MS], "usage": {"All": 5}}, "All is no list"),
        ({"time": [1], "usage": {}}, "is no moment of these years"),
    ],
)
def test_what_is_not_as_documented_is_one_error(document, says):
    with pytest.raises(UsageExportError) as caught:
        read_json(document)
    assert says in str(caught.value)


class TestElevenLabsExports(UsageExportConformance):
    provider, plugin = "elevenlabs", voicegw_elevenlabs
    samples = EXPORTS
