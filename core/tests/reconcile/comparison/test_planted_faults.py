"""A ledger and an export that agree, and one fault at a time planted in either: each is found,
named with its cause, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from bookkeeping import EAR, HOUR, MODALITY, PARROT, RATES, TONE, Call, Line, calls, export

from voicegateway.reconcile.hints import hint_of
from voicegateway.types import Modality, Unit

Books = tuple[list[Call], list[Line]]


@dataclass(frozen=True)
class Fault:
    name: str
    plant: Callable[[list[Call]], Books]
    causes: dict[tuple[str, str | None], str]
    """By model and unit; every other row agrees."""
    says: str = ""
    """What the sentence of each of those rows must have in it."""
    flagged: bool = True

    def __str__(self) -> str:
        return self.name


def every_unit(model: str, cause: str) -> dict[tuple[str, str | None], str]:
    return {(model, unit.value): cause for unit in RATES.get(model, RATES[TONE])}


def vendor(change: Callable[[Line], Line | list[Line]], model: str, made: list[Call]) -> Books:
    """Changes the vendor's lines of one model."""
    lines: list[Line] = []
    for line in export(made):
        changed = change(line) if line.model == model else line
        lines += changed if isinstance(changed, list) else [changed]
    return made, lines


def ledger(change: Callable[[Call], list[Call]], model: str, made: list[Call]) -> Books:
    """Changes the ledger's rows of one model."""
    kept = [row for call in made for row in (change(call) if call.model == model else [call])]
    return kept, export(made)


def times(factor: str, line: Line) -> Line:
    return replace(line, units={u: n * Decimal(factor) for u, n in line.units.items()})


def minutes(line: Line) -> Line:
    return replace(line, units={unit: n / 60 for unit, n in line.units.items()})


def dearer(factor: str, line: Line) -> Line:
    return replace(line, cost=line.cost * Decimal(factor))


def only_day(day: int, line: Line) -> list[Line]:
    return [line] if line.start.day != day else []


def shifted(hours: int, model: str, made: list[Call]) -> Books:
    """The vendor's days are those of another zone, and it is busier in the first hours."""
    busy = [
        replace(call, units={unit: n * 20 for unit, n in call.units.items()})
        if call.model == model and call.at.day == 1 and call.at.hour < 8
        else call
        for call in made
    ]
    other = [line for line in export(busy, shift=hours * HOUR) if line.model == model]
    return busy, [line for line in export(busy) if line.model != model] + other


def test_project(model: str, made: list[Call]) -> Books:
    """A fifth of the calls were made with the key of another account."""
    tried = {call.number for call in made if call.model == model and call.number % 5 == 0}
    kept = [replace(c, project="trials") if c.number in tried else c for c in made]
    return kept, export([call for call in made if call.number not in tried])


test_project.__test__ = False  # type: ignore[attr-defined]


def renamed(line: Line) -> Line:
    return replace(line, model=f"{line.model}-2026")


def in_place_of(old: Unit, new: Unit, factor: str, line: Line) -> Line:
    units = dict(line.units)
    units[new] = units.pop(old) * Decimal(factor)
    return replace(line, units=units)


def cache_in_input(line: Line) -> Line:
    units = dict(line.units)
    units[Unit.INPUT_TOKENS] += units[Unit.CACHED_INPUT_TOKENS]
    return replace(line, units=units)


def cache_counted_twice(call: Call) -> list[Call]:
    units = dict(call.units)
    units[Unit.INPUT_TOKENS] += units[Unit.CACHED_INPUT_TOKENS]
    return [replace(call, units=units)]


def without(unit: Unit, line: Line) -> Line:
    return replace(line, units={u: n for u, n in line.units.items() if u is not unit})


def with_unit(unit: Unit, line: Line) -> Line:
    return replace(line, units={**line.units, unit: Decimal(900)})


def drop(n: int, call: Call) -> list[Call]:
    return [] if call.number // 3 % n == 0 else [call]


def rounded_cost(line: Line) -> Line:
    return replace(line, cost=line.cost.quantize(Decimal("0.0001")))


def a_little_more(line: Line) -> Line:
    more = {unit: n * Decimal("1.0008") for unit, n in line.units.items()}
    return replace(line, units=more, cost=line.cost * Decimal("1.0008"))


def whole_seconds(line: Line) -> Line:
    return replace(line, units={unit: round(n) + Decimal(0) for unit, n in line.units.items()})


def requests(model: str, made: list[Call]) -> Books:
    kept, lines = ledger(partial(drop, 4), model, made)
    count = sum(call.model == model for call in made) // 3
    return kept, [
        replace(line, units={**line.units, Unit.REQUESTS: Decimal(count)})
        if line.model == model
        else line
        for line in lines
    ]


def faults_of(model: str) -> list[Fault]:
    units, rate = every_unit(model, "units"), every_unit(model, "rate")
    rounding = every_unit(model, "rounding")
    gone, extra = every_unit(model, "unbilled"), every_unit(model, "unmetered")
    unknown = rate if len(RATES[model]) == 1 else {(model, None): "rate"}
    renamed_causes = {**gone, **{(f"{model}-2026", unit): "unmetered" for _, unit in gone}}

    def twice(call: Call) -> list[Call]:
        return [call, call]

    def unpriced(call: Call) -> list[Call]:
        return [replace(call, priced=False)]

    def half_unpriced(call: Call) -> list[Call]:
        return [replace(call, priced=call.number % 2 == 0)]

    def nothing(_: object) -> list:
        return []

    def on_vendor(change):
        return partial(vendor, change, model)

    def on_ledger(change):
        return partial(ledger, change, model)

    return [
        Fault("rows missed", on_ledger(partial(drop, 5)), units),
        Fault("half of the rows missed", on_ledger(partial(drop, 2)), units),
        Fault("rows doubled", on_ledger(twice), units, "ledger's figure is exactly twice"),
        Fault(
            "lines doubled", on_vendor(lambda line: [line, line]), units, "vendor's figure is ex"
        ),
        Fault("half the rate", on_vendor(partial(dearer, "2")), rate, "price is exactly twice"),
        Fault("rate too low", on_vendor(partial(dearer, "1.25")), rate, "voicegw prices"),
        Fault("rate too high", on_vendor(partial(dearer, "0.8")), rate, "voicegw prices"),
        Fault("list price", on_vendor(partial(dearer, "1.06")), rate, "voicegw prices"),
        Fault("in thousands", on_vendor(partial(times, "0.001")), units, "1,000 times"),
        Fault("in millions", on_vendor(partial(times, "0.000001")), units, "1,000,000 times"),
        Fault("a day missing", on_vendor(partial(only_day, 2)), units),
        Fault("the last day missing", on_vendor(partial(only_day, 3)), units),
        Fault("days of another zone", partial(shifted, -8, model), units),
        Fault("a test project", partial(test_project, model), units, "'trials'"),
        Fault("unknown model", on_vendor(renamed), renamed_causes, "spelling"),
        Fault("only the ledger's", on_vendor(nothing), gone, "only the ledger"),
        Fault("only the vendor's", on_ledger(nothing), extra, "only the vendor"),
        Fault("no price here", on_ledger(unpriced), unknown, "no known price"),
        Fault("half without a price", on_ledger(half_unpriced), rate, "no known price"),
        Fault("requests missed", partial(requests, model), units, "calls are missing"),
        Fault("rounded amounts", on_vendor(rounded_cost), rounding, flagged=False),
        Fault("within a thousandth", on_vendor(a_little_more), rounding, flagged=False),
    ]


LLM_INPUT = {(PARROT, "input_tokens"): "units"}
SPECIAL = [
    Fault(
        "minutes for seconds",
        partial(vendor, minutes, EAR),
        every_unit(EAR, "units"),
        "minutes, the other seconds",
    ),
    Fault(
        "seconds for minutes",
        partial(vendor, partial(times, "60"), EAR),
        every_unit(EAR, "units"),
        "minutes, the other seconds",
    ),
    Fault(
        "seconds for hours",
        partial(vendor, partial(times, "3600"), EAR),
        every_unit(EAR, "units"),
        "hours, the other seconds",
    ),
    Fault(
        "a price for minutes taken for one of seconds",
        partial(vendor, partial(dearer, "60"), EAR),
        every_unit(EAR, "rate"),
        "60 times",
    ),
    Fault(
        "whole seconds",
        partial(vendor, whole_seconds, EAR),
        every_unit(EAR, "rounding"),
        flagged=False,
    ),
    Fault(
        "open time for audio",
        partial(vendor, partial(in_place_of, Unit.AUDIO_SECONDS, Unit.SESSION_SECONDS, "1.6"), EAR),
        {(EAR, "audio_seconds"): "units", (EAR, "session_seconds"): "units"},
    ),
    Fault(
        "audio for characters",
        partial(vendor, partial(in_place_of, Unit.CHARACTERS, Unit.OUTPUT_AUDIO_TOKENS, "2"), TONE),
        {(TONE, "characters"): "units", (TONE, "output_audio_tokens"): "units"},
        "the ledger counts",
    ),
    Fault(
        "cache in the vendor's input as well",
        partial(vendor, cache_in_input, PARROT),
        LLM_INPUT,
        "have the ledger's cached_input_tokens in them",
    ),
    Fault(
        "cache counted twice here",
        partial(ledger, cache_counted_twice, PARROT),
        LLM_INPUT,
        "cache counted twice",
    ),
    Fault(
        "a unit that the vendor does not name",
        partial(vendor, partial(without, Unit.CACHED_INPUT_TOKENS), PARROT),
        {(PARROT, "cached_input_tokens"): "unbilled"},
    ),
    Fault(
        "a unit that the ledger does not have",
        partial(vendor, partial(with_unit, Unit.CACHE_WRITE_TOKENS), PARROT),
        {(PARROT, "cache_write_tokens"): "unmetered"},
    ),
]


FAULTS = [(model, fault) for model in MODALITY for fault in faults_of(model)]
FAULTS += [(next(iter(fault.causes))[0], fault) for fault in SPECIAL]


def test_there_are_enough_of_them():
    assert len(FAULTS) >= 60


def test_a_ledger_and_an_export_that_agree(compare):
    made = calls()
    found = compare(made, export(made))
    assert {row.cause for row in found.rows} <= {None, "rounding"}
    assert all(abs(row.drift) < Decimal("0.0001") for row in found.rows)
    assert not found.flagged
    assert [(row.figures.model, row.figures.unit) for row in found.rows] == [
        (EAR, Unit.AUDIO_SECONDS),
        (PARROT, Unit.INPUT_TOKENS),
        (PARROT, Unit.CACHED_INPUT_TOKENS),
        (PARROT, Unit.OUTPUT_TOKENS),
        (TONE, Unit.CHARACTERS),
    ]
    assert found.vendor_total_usd == sum(call.cost_usd for call in made)
    assert abs(found.recorded_total_usd - found.vendor_total_usd) < Decimal("0.0000001")
    assert sum(row.figures.recorded_usd for row in found.rows) == found.recorded_total_usd
    assert sum(row.figures.vendor_usd for row in found.rows) == found.vendor_total_usd
    assert not found.notes


@pytest.mark.parametrize(("model", "fault"), FAULTS, ids=[f"{m}: {f}" for m, f in FAULTS])
def test_a_planted_fault_is_found_and_named(compare, model, fault):
    made, lines = fault.plant(calls())
    found = compare(made, lines)
    named = {
        (row.figures.model, row.figures.unit and row.figures.unit.value): row
        for row in found.rows
        if row.cause is not None and (row.flagged or row.figures.model == model)
    }
    causes = {key: row.cause for key, row in named.items()}
    others = {key: cause for key, cause in causes.items() if key not in fault.causes}
    assert {key: causes.get(key) for key in fault.causes} == fault.causes
    assert not any(named[key].flagged and others[key] == "units" for key in others)
    assert {row.figures.model for row in found.flagged} <= {key[0] for key in fault.causes}
    for key in fault.causes:
        assert named[key].flagged is fault.flagged
        assert fault.says in hint_of(named[key])
    known = [call.cost_usd for call in made if call.priced]
    assert abs((found.recorded_total_usd or 0) - sum(known)) < Decimal("0.0000001")
    assert found.vendor_total_usd == sum(line.cost for line in lines)


@pytest.mark.parametrize("modality", list(Modality))
def test_every_model_has_faults(modality):
    assert sum(MODALITY[model] is modality for model, _ in FAULTS) > 15


def test_a_window_of_hours_takes_the_edges_from_the_attempts(compare):
    from bookkeeping import FIRST

    from voicegateway.storage.queries import between

    made = calls()
    start, end = FIRST + 5 * HOUR, FIRST + 50 * HOUR
    inside = [call for call in made if start <= call.at < end]
    (line, *_) = [line for line in export(inside) if line.model == TONE]
    whole_line = replace(
        line,
        start=start,
        end=end,
        units={Unit.CHARACTERS: sum(c.units[Unit.CHARACTERS] for c in inside if c.model == TONE)},
        cost=sum(c.cost_usd for c in inside if c.model == TONE),
    )
    found = compare(made, [whole_line], period=between(start, end, "UTC"))
    (row,) = [row for row in found.rows if row.figures.model == TONE]
    assert row.cause is None
    assert row.figures.recorded == row.figures.vendor
    assert timedelta(0) < end - start
