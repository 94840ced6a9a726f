"""Cartesia's credits a day: what each line says."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import voicegw_cartesia
from voicegateway.authoring import UsageExportError
from voicegateway.core.registry import get_provider
from voicegateway.testing import UsageExportConformance
from voicegateway.types import Unit, UsageLine

EXPORTS = Path(__file__).parent / "exports"
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = datetime(2026, 11, 2, tzinfo=UTC)
THIRD = datetime(2026, 11, 3, tzinfo=UTC)


def read(source) -> list[UsageLine]:
    return list(get_provider("cartesia").read_usage_export(source))


def read_json(*documents) -> list[UsageLine]:
    return read(io.BytesIO("\n".join(map(json.dumps, documents)).encode()))


def answer(*days) -> dict:
    return {"data": [{"timestamp": day, "credits": amount} for day, amount in days]}


def test_credits_a_day_are_of_every_model():
    first, second = read(EXPORTS / "cartesia_usage_credits.json")
    assert (first.start, first.end) == (FIRST, SECOND)
    assert (second.start, second.end) == (SECOND, THIRD)
    assert (first.units, second.units) == (
        {Unit.CREDITS: Decimal(60_000)},
        {Unit.CREDITS: Decimal(41_500)},
    )
    assert (first.model, first.modality, first.cost_usd) == ("*", None, None)
    assert first.raw["report"] == "credits"


def test_several_answers_in_one_file_are_all_read_and_exact():
    lines = read_json(answer(("2026-11-01", 0.1)), [answer(("2026-11-02T00:00:00Z", "0.2"))])
    assert sum(line.units[Unit.CREDITS] for line in lines) == Decimal("0.3")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"data": [{"timestamp": "2026-11-01", "credits": 1, "x": 2}]}, "unknown columns: 'x'"),
        ({"data": [], "next": 1}, "unknown columns: 'next'"),
        ({"error": "no"}, "unknown columns: 'error'"),
        ({"data": [{"credits": 1}]}, "lacks the columns timestamp"),
        (answer(("2026-11-01T00:00:00", 1)), "it lacks its time zone"),
        (answer(("2026-11-01", -1)), "credits: -1 is below zero"),
        (answer(("=NOW()", 1)), "is a spreadsheet formula"),
        (answer(("2026-11-01", 10**30)), "credits: "),
    ],
)
def test_what_is_not_as_documented_is_one_error(document, says):
    with pytest.raises(UsageExportError) as caught:
        read_json(document)
    assert says in str(caught.value)


class TestCartesiaExports(UsageExportConformance):
    provider, plugin = "cartesia", voicegw_cartesia
    samples = EXPORTS
