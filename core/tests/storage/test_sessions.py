"""Receipts of sessions, and the list of them."""

from __future__ import annotations

from decimal import Decimal

import ledger_kit as kit
import pytest

from voicegateway.errors import LedgerError
from voicegateway.storage.queries import open_reader, session_receipt, sessions
from voicegateway.types import Modality, Unit

START = 1_795_000_000_000_000
SECOND = 1_000_000


def line(at: int, modality: Modality, call: str, **changes: object):
    about = kit.attempt(
        call_id=call,
        attempt=changes.pop("attempt", 1),
        session_id="room",
        started_us=START + at * SECOND,
        modality=modality,
        model=changes.pop("model", f"{modality}-1"),
        fallback_from=changes.pop("fallback_from", None),
    )
    unit = {Modality.STT: Unit.AUDIO_SECONDS, Modality.LLM: Unit.OUTPUT_TOKENS}.get(
        modality, Unit.CHARACTERS
    )
    priced = kit.quote((unit, "10", "0.001"))
    return kit.closed(about, **({"units": {unit: Decimal(10)}, "quote": priced} | changes))


@pytest.fixture
def call(ledger, path):
    """A minute: two turns, a barge-in, a retry, a fallback without a price, and one still open."""
    for record in (
        line(0, Modality.STT, "s", duration_ms=60_000),
        line(5, Modality.LLM, "l1", speech_id="one"),
        line(6, Modality.TTS, "t1", speech_id="one", outcome="cancelled"),
        line(9, Modality.LLM, "l2", speech_id="two", outcome="failed", units={}, quote=kit.quote()),
        line(10, Modality.LLM, "l2", speech_id="two", attempt=2),
        line(12, Modality.TTS, "t2", speech_id="two", model="spare", fallback_from="acme/tts-1",
             quote=kit.UNPRICED),
    ):  # fmt: skip
        ledger.append(record)
    about = kit.attempt(session_id="room", started_us=START + 13 * SECOND, call_id="o")
    ledger.append(kit.opened(about))
    assert ledger.flush(10)
    return path


def test_a_receipt_adds_up(call) -> None:
    with open_reader(call) as reader:
        receipt = session_receipt(reader, "room").to_json()
    turns, legs = receipt.pop("turns"), receipt.pop("legs")
    assert receipt == {
        "session_id": "room",
        "project": "default",
        "started_at": "2026-11-18T11:06:40.000000Z",
        "ended_at": "2026-11-18T11:07:40.000000Z",
        "duration_seconds": 60.0,
        "cost_usd": "0.040000",
        "cost_per_minute_usd": "0.040000",
        "requests": 6,
        "open_requests": 1,
        "unpriced_requests": 1,
        "pruned_requests": 0,
        "spoken_turns": 2,
        "interruptions": 1,
        "retries": 1,
        "fallbacks": 1,
    }
    assert [(turn["speech_id"], len(turn["rows"]), turn["cost_usd"]) for turn in turns] == [
        (None, 2, "0.010000"),
        ("one", 2, "0.020000"),
        ("two", 3, "0.010000"),
    ]
    by_model = {leg["model"]: leg for leg in legs}
    llm = by_model["llm-1"]
    assert (llm["calls"], llm["requests"], llm["retries"], llm["cost_usd"]) == (2, 3, 1, "0.020000")
    assert llm["units"] == {"output_tokens": "20"}
    assert by_model["tts-1"]["interruptions"] == 1
    spare = by_model["spare"]
    assert (spare["fallbacks"], spare["unpriced_requests"], spare["cost_usd"]) == (1, 1, None)


def test_a_session_nobody_had(call) -> None:
    with open_reader(call) as reader:
        assert session_receipt(reader, "elsewhere") is None


def test_a_session_that_has_only_begun(ledger, path) -> None:
    ledger.append(kit.opened(kit.attempt(session_id="new")))
    assert ledger.flush(10)
    with open_reader(path) as reader:
        receipt = session_receipt(reader, "new").to_json()
        (row,) = sessions(reader).to_json()
    assert (receipt["requests"], receipt["open_requests"], receipt["cost_usd"]) == (
        0,
        1,
        "0.000000",
    )
    assert receipt["cost_per_minute_usd"] is None
    assert (row["open_requests"], row["cost_usd"], row["ended_at"]) == (1, "0.000000", None)


def test_the_list_of_sessions(call) -> None:
    with open_reader(call) as reader:
        (row,) = sessions(reader).to_json()
    assert row == {
        "session_id": "room",
        "project": "default",
        "started_at": "2026-11-18T11:06:40.000000Z",
        "ended_at": "2026-11-18T11:07:40.000000Z",
        "duration_seconds": 60.0,
        "cost_usd": "0.040000",
        "cost_per_minute_usd": "0.040000",
        "requests": 6,
        "open_requests": 1,
        "unpriced_requests": 1,
        "units": {"audio_seconds": "10", "characters": "20", "output_tokens": "20"},
    }


def test_pages_of_sessions(ledger, path) -> None:
    for number in range(25):
        project = "odd" if number % 2 else "even"
        ledger.append(kit.closed(kit.attempt(session_id=f"s{number:02}", project=project)))
        assert ledger.flush(10)
    with open_reader(path) as reader:
        seen, cursor = [], None
        while True:
            page = sessions(reader, limit=10, cursor=cursor)
            seen += [row.session_id for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
        odd = [row.session_id for row in sessions(reader, project="odd").rows]
        assert sessions(reader, project="nobody").rows == ()
        with pytest.raises(LedgerError, match="cursor"):
            sessions(reader, cursor="s01")
    assert seen == [f"s{number:02}" for number in range(24, -1, -1)]
    assert odd == [name for name in seen if int(name[1:]) % 2]
