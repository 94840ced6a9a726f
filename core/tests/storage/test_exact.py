"""Totals are exact whatever order records come in and however often."""

from __future__ import annotations

import random
import threading
from decimal import Decimal

import ledger_kit as kit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import AttemptCheckpointed, AttemptClosed, nano_usd
from voicegateway.storage.queries import costs, logs, open_reader, period_named
from voicegateway.types import Unit


def known_cost(records: list[AttemptClosed]) -> int:
    return sum(nano_usd(one.quote.amount_usd) or 0 for one in records)


def test_a_third_sent_twice_and_all_shuffled(ledger, path) -> None:
    ended = kit.mixed(17_000, days=0.001)
    records = [*ended, *(kit.opened(one.attempt) for one in ended)]
    records += random.Random(3).sample(records, len(records) * 3 // 10)
    random.Random(4).shuffle(records)
    parts = [records[index::4] for index in range(4)]  # from four threads at once
    threads = [
        threading.Thread(target=lambda part=part: [ledger.append(one) for one in part])
        for part in parts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.flush(60)
    assert ledger.stats().committed == len(records)
    assert kit.check_rollups(path) == len(ended)
    assert kit.rows(path, "SELECT COUNT(*) FROM open_attempts") == [(0,)]
    ((total, priced),) = kit.rows(path, "SELECT SUM(cost_nano), COUNT(cost_nano) FROM attempts")
    assert total == known_cost(ended)
    assert priced == sum(one.quote.amount_usd is not None for one in ended)


events = st.tuples(
    st.integers(0, 3),
    st.sampled_from(["open", "checkpoint", "completed", "cancelled", "failed"]),
    st.integers(0, 5),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(events, max_size=12), min_size=1, max_size=4))
def test_any_story_in_any_order_adds_up(tmp_path_factory, batches) -> None:
    path = tmp_path_factory.mktemp("story") / "x.db"
    who = [kit.attempt(call_id=f"call-{index}", session_id=f"s{index % 2}") for index in range(4)]
    ledger = open_ledger(path)
    first_close: dict[int, tuple[str, int]] = {}
    for batch in batches:
        for index, what, amount in batch:
            about, units = who[index], {Unit.CHARACTERS: Decimal(amount)}
            if what == "open":
                ledger.append(kit.opened(about, amount))
            elif what == "checkpoint":
                ledger.append(AttemptCheckpointed(about, units, "measured", amount))
            else:
                first_close.setdefault(index, (what, amount))
                priced = kit.quote((Unit.CHARACTERS, str(amount), "0.000000001"))
                ledger.append(kit.closed(about, outcome=what, units=units, quote=priced))
        assert ledger.flush(20)
    truth = {(f"call-{index}", *story) for index, story in first_close.items()}
    if path.exists():
        with open_reader(path) as reader:
            ended = [row for row in logs(reader).rows if row.outcome != "open"]
        assert {(row.call_id, row.outcome, row.cost_nano) for row in ended} == truth
        assert kit.check_rollups(path) == len(truth)
    ledger.close()
    if path.exists():
        kit.check_rollups(path)  # what was open is abandoned now, and counted


def test_unpriced_is_never_summed_as_nothing(ledger, path) -> None:
    ledger.append(kit.closed(kit.attempt(model="free"), quote=kit.UNPRICED))
    ledger.append(kit.closed(kit.attempt(model="half"), quote=kit.UNPRICED))
    ledger.append(kit.closed(kit.attempt(model="half")))
    assert ledger.flush(10)
    with open_reader(path) as reader:
        found = costs(reader, period_named("today", "UTC")).to_json()
    models = {row["key"]: row for row in found["by_model"]}
    assert models["acme/free"]["cost_usd"] is None
    assert models["acme/half"]["cost_usd"] == "0.001200"
    assert models["acme/half"]["unpriced_requests"] == 1
    assert (found["total_usd"], found["unpriced_requests"]) == ("0.001200", 2)


def test_a_lower_bound_is_not_a_price(ledger, path) -> None:
    partly = kit.quote((Unit.INPUT_TOKENS, "100", "0.001"))
    quote = type(partly)(None, partly.lines, (Unit.OUTPUT_TOKENS,), "unknown", "list")
    ledger.append(kit.closed(quote=quote))
    assert ledger.flush(10)
    assert kit.rows(path, "SELECT cost_nano FROM attempts") == [(None,)]
    with open_reader(path) as reader:
        assert logs(reader).rows[0].quote == quote


def test_a_closed_row_is_never_touched_again(ledger, path) -> None:
    about = kit.attempt()
    ledger.append(kit.closed(about, outcome="completed"))
    assert ledger.flush(10)
    before = kit.rows(path, "SELECT * FROM attempts")
    ledger.append(kit.opened(about))
    units = {Unit.OUTPUT_TOKENS: Decimal(999)}
    ledger.append(AttemptCheckpointed(about, units, "measured", 999))
    ledger.append(kit.closed(about, outcome="failed", units=units))
    assert ledger.flush(10)
    assert kit.rows(path, "SELECT * FROM attempts") == before
    assert kit.check_rollups(path) == 1


def test_the_later_checkpoint_counts_whichever_comes_first(ledger, path) -> None:
    about = kit.attempt()
    for at, seconds in ((2_000, 8), (1_000, 4)):
        units = {Unit.AUDIO_SECONDS: Decimal(seconds)}
        ledger.append(AttemptCheckpointed(about, units, "measured", seconds, at))
        assert ledger.flush(10)
    ledger.append(kit.opened(about, 77))
    assert ledger.flush(10)
    query = "SELECT checkpoint_us, audio_seconds, cost_nano, held_nano FROM open_attempts"
    assert kit.rows(path, query) == [(2_000, 8_000_000, 8, 77)]
    with open_reader(path) as reader:
        (row,) = logs(reader).to_json()
    assert (row["outcome"], row["units"], row["verdict"]) == ("open", {"audio_seconds": "8"}, None)


@pytest.mark.parametrize(
    "started", [-1, -(10**15), 0, 10**18, -(10**30), 10**30, 253_402_300_800_000_000]
)
def test_absurd_clocks_do_no_harm(ledger, path, started: int) -> None:
    ledger.append(kit.closed(kit.attempt(started_us=started)))
    ledger.append(kit.closed())
    assert ledger.flush(10)
    assert ledger.stats().lost == 0
    with open_reader(path) as reader:
        assert len(logs(reader).to_json()) == 2
    assert len(kit.rows(path, "SELECT * FROM rollup_days")) == 2


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e40", "-1e40"])
def test_an_absurd_record_is_lost_alone(ledger, path, amount: str, caplog) -> None:
    good = [kit.closed() for _ in range(5)]
    bad = kit.closed(units={Unit.CHARACTERS: Decimal(amount)})
    for record in (*good[:2], bad, None, *good[2:]):
        ledger.append(record)
    assert not ledger.flush(10)  # something was lost
    assert ledger.flush(10)  # and nothing since
    stats = ledger.stats()
    assert (stats.committed, stats.lost, stats.queued) == (5, 2, 0)
    assert kit.check_rollups(path) == 5
    assert len(caplog.records) == 1
    assert "cannot be stored" in caplog.text


@pytest.mark.parametrize(("given_", "kept"), [("0.0000005", 0), ("0.0000015", 2), ("1e-9", 0)])
def test_quantities_are_rounded_half_even_to_a_millionth(ledger, path, given_, kept) -> None:
    ledger.append(kit.closed(units={Unit.CREDITS: Decimal(given_)}))
    assert ledger.flush(10)
    assert kit.rows(path, "SELECT credits FROM attempts") == [(kept,)]
