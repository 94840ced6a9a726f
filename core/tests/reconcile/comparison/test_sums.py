"""No line is lost or counted twice, whatever the order of the lines and their split into files."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bookkeeping import (
    EAR,
    FIRST,
    MODALITY,
    NOW,
    PARROT,
    PERIOD,
    TONE,
    Call,
    Line,
    calls,
    export,
    provider,
    write_export,
    write_ledger,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicegateway.reconcile.comparison import reconcile
from voicegateway.reconcile.files import read_files
from voicegateway.storage.queries import open_reader
from voicegateway.types import Modality, Unit

AMOUNTS = st.decimals("0.000001", "999999999", places=6)
COSTS = st.none() | st.decimals("-10", "99999", places=9)


@st.composite
def lines(draw) -> Line:
    model = draw(st.sampled_from([EAR, PARROT, TONE, "*", "fable-9"]))
    day = draw(st.integers(0, 2))
    start = FIRST.replace(day=1 + day)
    units = draw(st.dictionaries(st.sampled_from(list(Unit)), AMOUNTS, max_size=3))
    modality = draw(st.none() | st.just(MODALITY.get(model, Modality.LLM)))
    return Line(start, start.replace(day=2 + day), model, modality, units, draw(COSTS))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), given_lines=st.lists(lines(), min_size=1, max_size=30))
def test_the_bill_is_the_sum_of_its_lines(data, given_lines):
    shuffled = data.draw(st.permutations(given_lines))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    edges = [0, *cuts, len(shuffled)]
    with TemporaryDirectory() as folder:
        files = [
            write_export(Path(folder) / f"{number}.json", shuffled[begin:end])
            for number, (begin, end) in enumerate(pairwise(edges))
        ]
        exports = read_files(provider(), files, PERIOD)
    assert exports.lines == len(given_lines)
    costs = [line.cost for line in given_lines if line.cost is not None]
    assert exports.bill.cost_usd == (sum(costs) if costs else None)
    for unit in Unit:
        told = sum(line.units.get(unit, Decimal(0)) for line in given_lines)
        found = [theirs.units.get(unit, Decimal(0)) for theirs in exports.bill.models.values()]
        assert sum(found) == told


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(given_lines=st.lists(lines(), min_size=1, max_size=12))
def test_every_dollar_and_every_unit_is_in_exactly_one_row(given_lines):
    made = calls(each=6)
    with TemporaryDirectory() as folder:
        file = write_export(Path(folder) / "export.json", given_lines)
        with open_reader(write_ledger(Path(folder) / "ledger.db", made)) as reader:
            found = reconcile(reader, provider(), PERIOD, [file], now=NOW)
    rows = [row.figures for row in found.rows]
    costs = [line.cost for line in given_lines if line.cost is not None]
    assert found.vendor_total_usd == (sum(costs) if costs else None)
    assert sum(row.vendor_usd or 0 for row in rows) == (found.vendor_total_usd or 0)
    assert sum(row.recorded_usd or 0 for row in rows) <= found.recorded_total_usd
    for unit in set(Unit) - {Unit.REQUESTS, Unit.CREDITS}:
        told = sum(line.units.get(unit, Decimal(0)) for line in given_lines)
        assert sum(row.vendor or 0 for row in rows if row.unit is unit) == told


def test_two_reports_of_one_thing_are_not_added_up(compare):
    """What was used and what it cost: both name the units, as vendors' reports do."""
    made = calls()
    used = [replace(line, cost=None) for line in export(made)]

    class TwoReports:
        from voicegateway import hookimpl

        @hookimpl
        def read_usage_export(self, source):
            from bookkeeping import AcmePlugin

            for line in AcmePlugin().read_usage_export(source):
                report = "used" if line.cost_usd is None else "costs"
                yield replace(line, raw={"report": report})

    found = compare(made, used, export(made), plugin=TwoReports())
    assert not found.flagged
    assert {row.cause for row in found.rows} <= {None, "rounding"}
    assert found.vendor_total_usd == sum(call.cost_usd for call in made)


def test_the_ledger_of_another_provider_is_left_alone(compare):
    made = calls()
    others = [replace(call, provider="zenith") for call in calls()]
    found = compare([*made, *others], export(made))
    assert not found.flagged
    assert found.recorded_total_usd < Decimal("0.0000001") + sum(c.cost_usd for c in made)


def test_sums_beyond_the_precision_of_a_decimal(compare):
    """28 digits are what `Decimal` adds with unless it is told otherwise."""
    made: list[Call] = calls(each=2)
    large = replace(export(made)[0], cost=Decimal("99999999999999999.000000001"))
    small = replace(large, cost=Decimal("0.000000000000000000001"))
    found = compare(made, [large, small])
    assert str(found.vendor_total_usd) == "99999999999999999.000000001000000000001"
