"""What goes into the spool comes out exactly as it was."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import ledger_kit as kit
from hypothesis import given, settings
from hypothesis import strategies as st

from voicegateway.storage.models import Attempt, AttemptCheckpointed, AttemptClosed, AttemptOpened
from voicegateway.storage.spool.codec import decode, encode
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit

texts = st.text(st.characters(), max_size=20)  # NUL and half surrogates among them
maybe = st.none() | texts
decimals = st.decimals(allow_nan=False) | st.sampled_from(
    [Decimal("1E+3"), Decimal("-0"), Decimal("0.10"), Decimal("1E-30"), Decimal(10) ** 40]
)
units = st.dictionaries(st.sampled_from(Unit), decimals, max_size=4)
integers = st.integers(-(10**30), 10**30)
attempts = st.builds(
    Attempt, texts, st.integers(), integers, texts, maybe, texts, texts,
    st.sampled_from(Modality), maybe,
)  # fmt: skip
lines = st.builds(
    PriceLine, st.sampled_from(Unit), decimals, decimals, decimals, decimals, decimals, texts
)
quotes = st.builds(
    PriceQuote, st.none() | decimals, st.lists(lines, max_size=3).map(tuple),
    st.lists(st.sampled_from(Unit), max_size=2).map(tuple),
    st.sampled_from(["exact", "estimated", "unknown"]), texts, texts,
    st.none() | st.dates(date(1, 1, 1)),
)  # fmt: skip
bases = st.sampled_from(["reported", "measured", "estimated"])
floats = st.floats(allow_nan=False)
records = st.one_of(
    st.builds(AttemptOpened, attempts, st.none() | integers),
    st.builds(AttemptCheckpointed, attempts, units, bases, st.none() | integers, integers),
    st.builds(
        AttemptClosed, attempts, st.sampled_from(["completed", "cancelled", "failed"]), units,
        bases, st.sampled_from(["confirmed", "mismatch"]), quotes, st.none() | floats, floats,
        maybe, maybe, maybe,
    ),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(records, max_size=4))
def test_any_records_come_back_to_the_last_digit(given_: list) -> None:
    found, failed = decode(encode(given_))
    assert failed == 0
    assert found == given_
    assert repr(found) == repr(given_)  # equal decimals may differ in their digits


def test_records_like_those_of_calls() -> None:
    ended = kit.mixed(200)
    assert decode(encode(ended)) == (ended, 0)


def test_a_record_that_is_wrong_in_itself_harms_no_other() -> None:
    good = kit.closed()
    bad = kit.closed(units={"furlongs": Decimal(1)})
    assert decode(encode([good, bad, good])) == ([good, good], 1)
