"""Lines that say less: not the model, not the role, no units, no cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from bookkeeping import EAR, FIRST, PARROT, PERIOD, RATES, TONE, Line, calls, export

from voicegateway.types import Modality, PriceLine, PriceQuote, Unit

END = FIRST.replace(day=4)


def rows(found):
    return {
        (row.figures.model, row.figures.unit and row.figures.unit.value): row for row in found.rows
    }


def test_lines_without_cost_are_compared_by_their_units(compare):
    made = calls()
    found = compare(made, [replace(line, cost=None) for line in export(made)])
    assert not found.flagged
    assert found.vendor_total_usd is None
    assert {row.figures.vendor_usd for row in found.rows} == {None}
    assert sum(row.figures.recorded_usd for row in found.rows) == found.recorded_total_usd


def test_lines_without_units_are_compared_by_their_cost(compare):
    made = calls()
    found = compare(made, [replace(line, units={}) for line in export(made)])
    assert not found.flagged
    assert set(rows(found)) == {(EAR, "audio_seconds"), (PARROT, None), (TONE, "characters")}
    assert sum(row.figures.recorded_usd for row in found.rows) == found.recorded_total_usd


def test_a_cost_without_units_that_is_wrong(compare):
    made = calls()
    lines = [replace(line, units={}, cost=line.cost * 2) for line in export(made)]
    found = compare(made, lines)
    assert {row.cause for row in found.flagged} == {"rate"}
    assert len(found.flagged) == 3


def test_usage_and_costs_in_lines_of_their_own(compare):
    made = calls()
    used = [replace(line, cost=None) for line in export(made)]
    cost = [replace(line, units={}) for line in export(made)]
    found = compare(made, used, cost)
    assert not found.flagged
    assert found.vendor_total_usd == sum(call.cost_usd for call in made)


def test_units_that_explain_the_cost_of_several(compare):
    made = calls()
    fewer = [call for call in made if call.model != PARROT or call.number % 4]
    used = [replace(line, cost=None) for line in export(made)]
    cost = [replace(line, units={}) for line in export(made)]
    found = compare(fewer, used, cost)
    assert {row.cause for row in found.flagged} == {"units"}
    assert (PARROT, None) in {(r.figures.model, r.figures.unit) for r in found.flagged}


def test_a_cost_for_all_models_together(compare):
    made = calls()
    total = sum(call.cost_usd for call in made)
    found = compare(made, [Line(FIRST, END, "*", None, {}, total)])
    (row,) = found.rows
    assert (row.figures.model, row.figures.unit, row.flagged) == ("*", None, False)
    assert row.figures.recorded_usd == found.recorded_total_usd


def test_a_cost_for_all_models_beside_the_units_of_each(compare):
    made = calls()
    used = [replace(line, cost=None) for line in export(made)]
    total = sum(call.cost_usd for call in made)
    found = compare(made, [*used, Line(FIRST, END, "*", None, {}, total)])
    assert not found.flagged
    assert rows(found)["*", None].figures.recorded_usd == found.recorded_total_usd
    assert rows(found)[EAR, "audio_seconds"].figures.recorded_usd is None


def test_a_fee_for_all_models_beside_the_cost_of_each(compare):
    made = calls()
    found = compare(made, [*export(made), Line(FIRST, END, "*", None, {}, Decimal(9))])
    (row,) = found.flagged
    assert (row.figures.model, row.cause, row.figures.vendor_usd) == ("*", "unmetered", Decimal(9))
    assert found.vendor_total_usd == 9 + sum(call.cost_usd for call in made)


def test_one_role_of_all_models(compare):
    made = calls()
    seconds = sum(call.units[Unit.AUDIO_SECONDS] for call in made if call.model == EAR)
    cost = sum(call.cost_usd for call in made if call.model == EAR)
    rest = [line for line in export(made) if line.model != EAR]
    heard = Line(FIRST, END, "*", Modality.STT, {Unit.AUDIO_SECONDS: seconds}, cost)
    found = compare(made, [*rest, heard])
    assert not found.flagged
    assert sum(row.figures.recorded_usd for row in found.rows) == found.recorded_total_usd


def test_a_vendor_that_does_not_say_the_role(compare):
    made = calls()
    found = compare(made, [replace(line, modality=None) for line in export(made)])
    assert not found.flagged
    assert {row.figures.modality for row in found.rows} == set(Modality)


def in_credits(call):
    """Two credits a second, and a dollar for 20,000 of them."""
    seconds = call.units[Unit.AUDIO_SECONDS]
    rate, per = Decimal(1), Decimal(20000)
    rule = "2 credits each"
    line = PriceLine(
        Unit.AUDIO_SECONDS, seconds, seconds * 2, rate, per, seconds * 2 * rate / per, rule
    )
    return PriceQuote(line.amount_usd, (line,), source="list")


@pytest.mark.parametrize(("factor", "cause"), [("1", None), ("1.2", "units")])
def test_credits_for_all_models(compare, monkeypatch, factor, cause):
    monkeypatch.setattr("bookkeeping.Call.quote", in_credits)
    made = [call for call in calls() if call.model == EAR]
    counted = sum(call.units[Unit.AUDIO_SECONDS] for call in made) * 2 * Decimal(factor)
    found = compare(made, [Line(FIRST, END, "*", None, {Unit.CREDITS: counted}, None)])
    (row,) = found.rows
    assert (row.figures.unit, row.cause) == (Unit.CREDITS, cause)
    assert row.figures.recorded_usd == found.recorded_total_usd


def test_a_vendors_cost_for_several_units_is_shared_out_at_our_rates(compare):
    made = calls()
    found = compare(made, export(made))
    for unit, (rate, per) in RATES[PARROT].items():
        row = rows(found)[PARROT, unit.value].figures
        assert abs(row.vendor_usd - row.vendor * Decimal(rate) / Decimal(per)) < Decimal("1e-6")


def test_nothing_recorded_and_nothing_priced(compare):
    made = [replace(call, priced=False) for call in calls()]
    found = compare(made, export(made))
    assert found.recorded_total_usd is None
    assert found.unpriced == len(made)
    assert {row.cause for row in found.flagged} == {"rate"}
    assert PERIOD.timezone == "UTC"
