"""Percentiles from buckets against the true ones."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import ledger_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegateway.storage.buckets import bucket_of, middle_us, percentiles
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import (
    all_time,
    between,
    health,
    latency,
    legs,
    open_reader,
    projects,
)
from voicegateway.storage.schema import latest_version


def true_percentile(values: list[float], percent: float) -> float:
    return sorted(values)[max(1, math.ceil(percent / 100 * len(values))) - 1]


@given(st.integers(2, 10**13))
def test_a_bucket_stands_for_its_values_to_one_percent(value: int) -> None:
    assert middle_us(bucket_of(value)) == pytest.approx(value, rel=0.0101)


@given(st.lists(st.integers(1000, 10**8), min_size=1), st.floats(0, 100))
def test_percentiles_are_within_one_percent(values: list[int], percent: float) -> None:
    counts = [(bucket_of(value), 1) for value in values]
    merged = {bucket: sum(n for b, n in counts if b == bucket) for bucket, _ in counts}
    found = percentiles(merged.items(), [percent])[percent]
    assert found == pytest.approx(true_percentile(values, percent), rel=0.0101)


def test_nothing_measured_has_no_percentiles() -> None:
    assert percentiles([], [50, 99]) == {}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    path = tmp_path_factory.mktemp("latency") / "x.db"
    records = kit.mixed(3000, days=6)
    ledger = open_ledger(path)
    for record in records:
        ledger.append(record)
    assert ledger.flush(30)
    yield path, records
    ledger.close()


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    "period",
    [
        between(NOW - timedelta(days=30), NOW + timedelta(days=1), "UTC"),
        between(NOW - timedelta(days=2, hours=5, minutes=3), NOW - timedelta(hours=1), "UTC"),
        between(NOW - timedelta(hours=7), NOW - timedelta(hours=2), "UTC"),
    ],
)
@pytest.mark.parametrize("project", [None, "support"])
@pytest.mark.parametrize("modality", [None, "tts"])
def test_legs_of_a_period(measured, period, project, modality) -> None:
    path, records = measured
    values: dict[str, tuple[list[float], list[float]]] = {}
    for one in records:
        about = one.attempt
        if (
            period.start_us <= about.started_us < period.end_us
            and project in (None, about.project)
            and modality in (None, about.modality)
        ):
            ttfb, duration = values.setdefault(f"{about.provider}/{about.model}", ([], []))
            duration.append(one.duration_ms)
            if one.ttfb_ms is not None:
                ttfb.append(one.ttfb_ms)
    with open_reader(path) as reader:
        found = latency(reader, period, project=project, modality=modality)
    assert {leg.leg.name for leg in found} == set(values)
    for leg in found:
        for got, truth in zip((leg.ttfb, leg.duration), values[leg.leg.name], strict=True):
            assert got.count == len(truth)
            for percent, ms in got.ms.items():
                assert ms == pytest.approx(true_percentile(truth, percent), rel=0.0101)
    said = found[0].to_json()
    assert set(said["ttfb_ms"]) == {"count", "p50", "p95", "p99"}


def test_what_the_ledger_knows_of(measured) -> None:
    path, records = measured
    with open_reader(path) as reader:
        assert projects(reader) == ["booking", "default", "support"]
        assert {leg.name for leg in legs(reader)} == {
            f"{one.attempt.provider}/{one.attempt.model}" for one in records
        }
        totals = all_time(reader)
        state = health(reader)
    assert sum(one.sum.requests for one in totals) == len(records)
    failed = [one for one in records if one.outcome == "failed"]
    assert sum(one.sum.requests for one in totals if one.outcome == "failed") == len(failed)
    assert (state.schema_version, state.timezone, state.open, state.lost) == (
        latest_version(),
        "UTC",
        0,
        0,
    )
    assert state.newest_us == max(one.attempt.started_us for one in records)
    assert [writer.live for writer in state.writers] == [True]
