"""Deepgram's breakdowns of usage and billing: what each line says, to the last digit."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import voicegw_deepgram
from voicegateway.authoring import UsageExportError
from voicegateway.core.registry import get_provider
from voicegateway.testing import UsageExportConformance
from voicegateway.types import Modality, Unit, UsageLine

EXPORTS = Path(__file__).parent / "exports"
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = datetime(2026, 11, 2, tzinfo=UTC)
THIRD = datetime(2026, 11, 3, tzinfo=UTC)


def read(source) -> list[UsageLine]:
    return list(get_provider("deepgram").read_usage_export(source))


def read_json(*documents) -> list[UsageLine]:
    return read(io.BytesIO("\n".join(map(json.dumps, documents)).encode()))


def breakdown(*results, **fields) -> dict:
    return {
        "start": "2026-11-01",
        "end": "2026-11-03",
        "resolution": {"units": "day", "amount": 1},
        "results": list(results),
        **fields,
    }


def used(hours=1.5, characters=0, **grouping) -> dict:
    day = {"start": "2026-11-01", "end": "2026-11-02"}
    return {
        "hours": hours,
        "total_hours": hours,
        "agent_hours": 0.0,
        "tokens_in": 0,
        "tokens_out": 0,
        "tts_characters": characters,
        "requests": 3,
        "grouping": {"endpoint": "listen", "models": ["nova-3"], **day, **grouping},
    }


def billed(line_item, dollars=0.1, **grouping) -> dict:
    day = {"start": "2026-11-01", "end": "2026-11-02"}
    return {"dollars": dollars, "grouping": {"line_item": line_item, **day, **grouping}}


def test_hours_of_the_audio_are_seconds():
    lines = read(EXPORTS / "deepgram_usage_breakdown.json")
    assert [(line.start, line.end) for line in lines] == [
        (FIRST, SECOND),
        *[(SECOND, THIRD)] * 3,
    ]
    assert [(line.model, line.modality, dict(line.units)) for line in lines] == [
        ("nova-3", Modality.STT, {Unit.AUDIO_SECONDS: Decimal(36_000)}),
        ("nova-3", Modality.STT, {Unit.AUDIO_SECONDS: Decimal(18_000)}),
        ("nova-3", Modality.STT, {Unit.AUDIO_SECONDS: Decimal(7_200)}),
        ("aura-2", Modality.TTS, {Unit.CHARACTERS: Decimal(200_000)}),
    ]
    assert all(line.cost_usd is None for line in lines)
    assert lines[2].raw["total_hours"] == 4
    assert lines[2].raw["grouping"]["method"] == "sync"
    assert {line.raw["report"] for line in lines} == {"usage"}


def test_a_fraction_of_an_hour_is_exact():
    (line,) = read_json(breakdown(used(0.0001)))
    assert str(line.units[Unit.AUDIO_SECONDS]) == "0.3600"


def test_hours_of_agents_have_no_unit_and_are_kept():
    result = {**used(0), "agent_hours": 2.5}
    (line,) = read_json(breakdown(result))
    assert line.units == {}
    assert line.raw["agent_hours"] == Decimal("2.5")


@pytest.mark.parametrize(
    ("item", "model", "modality", "unit"),
    [
        ("streaming::nova-3", "nova-3", "stt", "audio_seconds"),
        ("sync::nova-3-multilingual", "nova-3", "stt", "audio_seconds"),
        ("streaming::flux-general-en", "flux-general-en", "stt", "audio_seconds"),
        ("sync::aura-2", "aura-2", "tts", "characters"),
        ("streaming::aura-2-thalia-en", "aura-2", "tts", "characters"),
        ("aura-1", "aura", "tts", "characters"),
        (None, "*", None, None),
    ],
)
def test_a_line_item_has_how_and_the_model(item, model, modality, unit):
    (line,) = read_json(breakdown(billed(item)))
    assert (line.model, line.modality, line.units) == (model, modality, {})
    assert line.cost_usd == Decimal("0.1")
    assert (line.raw.get("cost_of"), line.raw["report"]) == (unit, "billing")


def test_our_name_of_a_voice_is_its_family():
    (line,) = read_json(
        breakdown(used(0, 12, endpoint="speak", models=["flux-alexis-en"], method="streaming"))
    )
    assert (line.model, line.raw["vendor_model"]) == ("flux", "flux-alexis-en")
    assert line.units == {Unit.CHARACTERS: Decimal(12)}


def test_models_that_are_not_split_are_every_model():
    for models in (None, [], [None]):
        (line,) = read_json(breakdown(used(models=models)))
        assert (line.model, line.modality) == ("*", Modality.STT)
    (line,) = read_json(breakdown(used(models=["nova-3", "whisper-large"])))
    assert line.model == "nova-3+whisper-large"


@pytest.mark.parametrize(
    ("grouping", "resolution", "start", "end"),
    [
        ({"start": None, "end": None}, {"units": "day", "amount": 2}, FIRST, THIRD),
        ({"end": None}, {"units": "day", "amount": 1}, FIRST, SECOND),
        ({"end": "2026-11-01"}, {"units": "days", "amount": 1}, FIRST, SECOND),
        ({"end": None}, {"units": "hour", "amount": 48}, FIRST, THIRD),
        ({"end": None}, None, FIRST, SECOND),
        ({"end": "2026-11-02T00:00:00Z"}, None, FIRST, SECOND),
    ],
)
def test_a_group_without_an_end_lasts_as_long_as_the_resolution(grouping, resolution, start, end):
    (line,) = read_json(breakdown(used(**grouping), resolution=resolution))
    assert (line.start, line.end) == (start, end)


def test_several_breakdowns_in_one_file_are_all_read():
    lines = read_json(breakdown(used(1)), [breakdown(used(2)), breakdown(billed("sync::aura-2"))])
    assert sum(line.units.get(Unit.AUDIO_SECONDS, 0) for line in lines) == 3 * 3600
    assert lines[2].cost_usd == Decimal("0.1")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (breakdown({**used(), "surprise": 1}), "unknown columns: 'surprise'"),
        (breakdown(used(region="eu")), "unknown columns: 'region'"),
        (breakdown(billed("x", feature_set="y")), "unknown columns: 'feature_set'"),
        (breakdown(extra=1), "unknown columns: 'extra'"),
        ({"err_code": "FORBIDDEN"}, "unknown columns: 'err_code'"),
        (breakdown({"hours": 1}), "lacks the columns"),
        (breakdown(used("long")), "hours: 'long' is no number"),
        (breakdown(used(-1)), "hours: -1 is below zero"),
        (breakdown(used(models=["=1+1"])), "spreadsheet formula"),
        (breakdown(used(end=None), resolution={"units": "moon", "amount": 1}), "no length"),
        (breakdown(used(end=None), resolution={"units": "day", "amount": 0}), "no length"),
    ],
)
def test_what_is_not_as_documented_is_one_error(document, says):
    with pytest.raises(UsageExportError) as caught:
        read_json(document)
    assert says in str(caught.value)


class TestDeepgramExports(UsageExportConformance):
    provider, plugin = "deepgram", voicegw_deepgram
    samples = EXPORTS
