"""Lines that say less: not the model, not the role, no units, no cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from bookkeeping import EAR, FIRST, PARROT, PERIOD, RATES, TONE, Line, calls, export

from voicegateway.reconcile.hints import hint_of
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


def test_a_cost_that_says_of_what_it_is_without_a_quantity(compare):
    """One rate of three is another: that row alone is flagged."""
    made = calls()
    used = [replace(line, cost=None) for line in export(made)]
    paid = [replace(line, units={}) for line in export(made) if line.model != PARROT]
    unit_costs = {unit: Decimal(0) for unit in RATES[PARROT]}
    for call in made:
        for line in call.quote().lines if call.model == PARROT else ():
            unit_costs[line.unit] += line.amount_usd
    unit_costs[Unit.OUTPUT_TOKENS] *= 2
    parts = [Line(FIRST, END, PARROT, Modality.LLM, {u: Decimal(1)}, c)
             for u, c in unit_costs.items()]  # fmt: skip

    class WithoutQuantities:
        from voicegateway import hookimpl

        @hookimpl
        def read_usage_export(self, source):
            from bookkeeping import AcmePlugin

            for line in AcmePlugin().read_usage_export(source):
                if line.model == PARROT and line.cost_usd is not None:
                    (unit,) = line.units
                    yield replace(line, units={}, raw={"cost_of": unit.value})
                else:
                    yield line

    found = compare(made, used, paid, parts, plugin=WithoutQuantities())
    ((key, row),) = [(key, row) for key, row in rows(found).items() if row.flagged]
    assert (key, row.cause) == ((PARROT, "output_tokens"), "rate")
    assert row.figures.vendor_usd == 2 * row.figures.recorded_usd
    assert row.figures.vendor == row.figures.recorded


def test_a_unit_that_is_counted_and_not_charged_is_no_finding(compare):
    """Seconds beside the tokens that a model is billed by."""
    made = calls()
    seconds = Line(FIRST, END, PARROT, Modality.LLM, {Unit.AUDIO_SECONDS: Decimal(90)}, None)
    found = compare(made, export(made), [seconds])
    assert not found.flagged
    row = rows(found)[PARROT, "audio_seconds"]
    assert (row.figures.vendor, row.cause, row.drift) == (Decimal(90), None, None)
    used = [replace(line, cost=None) for line in export(made)]
    (uncharged,) = compare(made, used, [seconds]).flagged
    assert uncharged.cause == "unmetered", "nothing says what is charged for"


def test_a_cost_that_does_not_say_of_what_is_for_the_unit_that_is_billed(compare):
    """Both sides count the time that a stream was open, and neither charges for it."""
    made = [call for call in calls() if call.model == EAR]
    open_for = sum(call.units[Unit.SESSION_SECONDS] for call in made)
    used = [replace(line, cost=None) for line in export(made)]
    used.append(Line(FIRST, END, EAR, Modality.STT, {Unit.SESSION_SECONDS: open_for}, None))
    invoice = [Line(FIRST, END, EAR, Modality.STT, {}, sum(c.cost_usd for c in made) * 2)]
    found = rows(compare(made, used, invoice))
    assert set(found) == {(EAR, "audio_seconds"), (EAR, "session_seconds")}
    assert (found[EAR, "audio_seconds"].cause, found[EAR, "session_seconds"].cause) == (
        "rate",
        None,
    )


def test_an_invoice_is_rounded_once_however_many_lines_count_the_use(compare):
    """Ten cents are no rounding of one amount."""
    made = [call for call in calls() if call.model == TONE]
    each = [
        Line(c.at, c.at, TONE, Modality.TTS, {Unit.CHARACTERS: c.units[Unit.CHARACTERS]}, None)
        for c in made
    ]
    total = sum(call.cost_usd for call in made)
    invoice = [Line(FIRST, END, TONE, Modality.TTS, {}, round(total, 2) + Decimal("0.10"))]
    (row,) = compare(made, each, invoice).rows
    assert row.cause == "rate"
    right = [replace(invoice[0], cost=round(total, 2))]
    assert compare(made, each, right).rows[0].cause == "rounding"


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


@pytest.mark.parametrize(("nth", "factor", "cause"), [(2, 1, "rate"), (10, 2, "units")])
def test_credits_of_attempts_without_a_price_are_not_known(
    compare, monkeypatch, nth, factor, cause
):
    """One of ten cannot be as much as the other nine."""

    def quoted(call):
        return in_credits(call) if call.priced else PriceQuote(None, confidence="unknown")

    monkeypatch.setattr("bookkeeping.Call.quote", quoted)
    made = [
        replace(call, priced=bool(call.number // 3 % nth)) for call in calls() if call.model == EAR
    ]
    counted = sum(call.units[Unit.AUDIO_SECONDS] for call in made) * 2 * factor
    theirs = [Line(FIRST, END, "*", None, {Unit.CREDITS: counted}, None)]
    (row,) = compare(made, theirs).rows
    assert (row.cause, row.flagged) == (cause, True)
    assert ("no known price" in hint_of(row)) is (cause == "rate")


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
