"""Time zones, the edges of buckets, gaps, and figures that are not final."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from bookkeeping import DAYS, EAR, FIRST, HOUR, PARROT, TONE, calls, export
from hypothesis import given
from hypothesis import strategies as st

from voicegateway.reconcile.errors import ReconcileError
from voicegateway.reconcile.window import Coverage, check_settled
from voicegateway.storage.queries import between
from voicegateway.types import UsageLine

BERLIN = "Europe/Berlin"
END = FIRST + timedelta(days=DAYS)


def line(start, end):
    return UsageLine(start, end, "m", None, {}, Decimal(1), {})


def test_a_bucket_that_lies_half_in_the_window_is_named(compare):
    made = calls()
    with pytest.raises(ReconcileError, match="bucket from 2026-11-01T00:00Z to 2026-11-02T00:00Z"):
        compare(made, export(made), period=between(FIRST.date(), FIRST.date(), BERLIN))


def test_days_of_another_zone_are_not_those_of_the_window(compare):
    made = calls()
    east = timezone(timedelta(hours=1))
    lines = [
        replace(one, start=one.start.replace(tzinfo=east), end=one.end.replace(tzinfo=east))
        for one in export(made)
    ]
    with pytest.raises(ReconcileError, match="2026-10-31T23:00Z"):
        compare(made, lines)
    day = between(FIRST.date(), (END - HOUR).date(), BERLIN)
    assert compare(made, lines, period=day).rows


def test_lines_outside_the_window_are_counted_and_told(compare):
    made = calls()
    day = between(FIRST, FIRST + timedelta(days=2), "UTC")
    found = compare(made, export(made), period=day)
    assert found.notes == ("3 lines lie outside the window and are left out.",)
    assert not found.flagged
    assert found.vendor_total_usd == sum(c.cost_usd for c in made if c.at.day < 3)


def test_a_day_that_no_line_speaks_of_is_told_with_what_the_ledger_has(compare):
    made = calls()
    found = compare(made, [one for one in export(made) if one.start.day != 2])
    (note,) = found.notes
    count = sum(call.at.day == 2 for call in made)
    assert note.startswith("No line speaks of 2026-11-02T00:00Z to 2026-11-03T00:00Z; ")
    assert f"the ledger has {count} requests" in note
    assert {row.cause for row in found.flagged} == {"units"}


def test_a_gap_in_which_nothing_happened(compare):
    made = [call for call in calls() if call.at.day != 2]
    found = compare(made, export(made))
    assert not found.flagged
    assert found.notes[0].endswith("the ledger has nothing there either.")


def test_figures_that_are_not_final_are_refused(compare):
    made = calls()
    with pytest.raises(ReconcileError, match="ask again after 2026-11-05 00:00 UTC"):
        compare(made, export(made), now=END + 23 * HOUR)
    assert compare(made, export(made), now=END + 24 * HOUR).rows
    assert compare(made, export(made), now=END, force=True).rows


def test_a_window_in_the_future_is_refused():
    period = between(date(2030, 1, 1), date(2030, 1, 1), "UTC")
    with pytest.raises(ReconcileError, match="use --force"):
        check_settled(period, FIRST)


def test_a_line_without_a_zone_is_the_plugins_fault(compare):
    with pytest.raises(ReconcileError, match="names no time zone"):
        compare(calls(), [replace(export(calls())[0], start=FIRST.replace(tzinfo=None))])


def test_the_clocks_may_change_in_the_window():
    period = between(date(2026, 10, 25), date(2026, 10, 25), BERLIN)
    coverage = Coverage(period)
    hours = [datetime(2026, 10, 24, 22, tzinfo=FIRST.tzinfo) + HOUR * n for n in range(25)]
    assert all(coverage.takes(line(hour, hour + HOUR), "f") for hour in hours)
    assert coverage.gaps() == []
    assert not coverage.takes(line(hours[-1] + HOUR, hours[-1] + 2 * HOUR), "f")


def test_a_line_of_a_moment_is_in_the_window_it_falls_into():
    coverage = Coverage(between(FIRST, END, "UTC"))
    assert coverage.takes(line(FIRST, FIRST), "f")
    assert not coverage.takes(line(END, END), "f")
    assert coverage.gaps() == []


@given(st.sets(st.integers(0, 71), min_size=1))
def test_gaps_and_lines_fill_the_window(hours):
    coverage = Coverage(between(FIRST, END, "UTC"))
    for hour in hours:
        assert coverage.takes(line(FIRST + HOUR * hour, FIRST + HOUR * (hour + 1)), "f")
    missing = sum(after - before for before, after in coverage.gaps())
    assert missing == (72 - len(hours)) * 3_600_000_000


def test_a_page_that_is_missing_is_an_error(compare):
    class Paged:
        from voicegateway import hookimpl

        @hookimpl
        def read_usage_export(self, source):
            from bookkeeping import AcmePlugin

            following = {"export-0.json": "p2", "export-1.json": "p3"}.get(source.name)
            for one in AcmePlugin().read_usage_export(source):
                raw = {"report": "costs", "next_page": following}
                yield replace(one, raw=raw)

    made = calls()
    pages = [[one for one in export(made) if one.start.day == day] for day in (1, 2, 3)]
    with pytest.raises(ReconcileError, match="page p2 follows"):
        compare(made, *pages[:2], plugin=Paged())
    assert not compare(made, *pages, plugin=Paged()).flagged
    assert TONE


def test_a_last_page_of_nothing_is_a_last_page(compare):
    class Paged:
        from voicegateway import hookimpl

        @hookimpl
        def read_usage_export(self, source):
            from bookkeeping import AcmePlugin

            for one in AcmePlugin().read_usage_export(source):
                last = not one.units
                raw = {} if last else {"report": "costs", "next_page": "p2"}
                yield replace(one, raw=raw, cost_usd=None if last else one.cost_usd)

    made = [call for call in calls() if call.at.day < 3]
    nothing = [replace(one, units={}) for one in export(calls()) if one.start.day == 3][:1]
    with pytest.raises(ReconcileError, match="page p2 follows"):
        compare(made, export(made), plugin=Paged())
    found = compare(made, export(made), nothing, plugin=Paged())
    assert not found.flagged
    assert not found.notes, "the third day is spoken of"
    assert {row.figures.model for row in found.rows} == {EAR, PARROT, TONE}


def test_only_the_longest_of_many_gaps_are_told(compare):
    made = calls()
    one = export(made)[0]
    hours = [
        replace(one, start=FIRST + HOUR * n, end=FIRST + HOUR * (n + 1)) for n in range(0, 72, 6)
    ]
    found = compare(made, hours)
    assert len(found.notes) == 6
    assert found.notes[0] == "7 more, shorter stretches have no line either."


def test_a_line_without_a_date_is_of_the_whole_window():
    coverage = Coverage(between(FIRST, END, "UTC"))
    always = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert coverage.takes(line(*always), "f")
    assert coverage.gaps() == []


@pytest.mark.parametrize(("begun", "inside"), [(-1, False), (0, True), (71, True), (72, False)])
def test_a_call_over_midnight_is_in_the_window_in_which_it_began(begun, inside):
    coverage = Coverage(between(FIRST, END, "UTC"))
    start = FIRST + HOUR * begun
    call = replace(line(start, start + 2 * HOUR), raw={"one_call": True})
    assert coverage.takes(call, "f") is inside
    assert coverage.gaps() == []


def test_lines_of_single_calls_tell_of_no_gaps():
    coverage = Coverage(between(FIRST, END, "UTC"))
    begun = FIRST + timedelta(seconds=17)
    assert coverage.takes(line(begun, begun + timedelta(seconds=300)), "f")
    assert coverage.gaps() == []
