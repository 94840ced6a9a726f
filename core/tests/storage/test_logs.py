"""The log: filters, pages, and one row by its id."""

from __future__ import annotations

from decimal import Decimal

import ledger_kit as kit
import pytest

from voicegateway.errors import LedgerError
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import AttemptCheckpointed
from voicegateway.storage.queries import (
    attempt_by_id,
    attempts_in,
    between,
    logs,
    open_reader,
    period_named,
    quote_of,
)
from voicegateway.types import Modality, PriceQuote, Unit

COLUMNS = [
    "id", "call_id", "attempt", "speech_id", "started_at", "project", "session_id", "modality",
    "provider", "model", "outcome", "units", "unit_basis", "verdict", "cost_usd", "price_source",
    "ttfb_ms", "duration_ms", "fallback_from", "error",
]  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    path = tmp_path_factory.mktemp("logs") / "x.db"
    records = kit.mixed(1500, days=2)
    ledger = open_ledger(path)
    for record in records:
        ledger.append(record)
    for number in range(20):
        ledger.append(kit.opened(kit.attempt(call_id=f"open-{number:02}", project="booking")))
    assert ledger.flush(30)
    yield path, records
    ledger.close()


def key(record) -> tuple[int, str, int]:
    return record.attempt.started_us, record.attempt.call_id, record.attempt.attempt


def newest(records, condition) -> list[str]:
    chosen = sorted((one for one in records if condition(one)), key=key, reverse=True)
    return [one.attempt.id for one in chosen]


def test_a_row_says_everything(ledger, path) -> None:
    about = kit.attempt(
        call_id="call", attempt=2, started_us=1_795_000_000_123_456, fallback_from="north/big"
    )
    ledger.append(
        kit.closed(
            about,
            outcome="failed",
            verdict="mismatch",
            basis="measured",
            speech_id="speech_1",
            error="Timeout",
            vendor_request_id="req_1",
            ttfb_ms=12.3456,
            duration_ms=20,
        )
    )
    assert ledger.flush(10)
    with open_reader(path) as reader:
        page = logs(reader)
    (row,) = page.to_json()
    assert list(row) == COLUMNS
    assert row == {
        "id": "call-2",
        "call_id": "call",
        "attempt": 2,
        "speech_id": "speech_1",
        "started_at": "2026-11-18T11:06:40.123456Z",
        "project": "default",
        "session_id": "session-1",
        "modality": "llm",
        "provider": "acme",
        "model": "chat-1",
        "outcome": "failed",
        "units": {"input_tokens": "100", "output_tokens": "10"},
        "unit_basis": "measured",
        "verdict": "mismatch",
        "cost_usd": "0.001200",
        "price_source": "acme price list",
        "ttfb_ms": 12.346,
        "duration_ms": 20.0,
        "fallback_from": "north/big",
        "error": "Timeout",
    }
    assert page.rows[0].vendor_request_id == "req_1"


FILTERS = [
    ({}, lambda one: True),
    ({"project": "support"}, lambda one: one.attempt.project == "support"),
    ({"modality": "tts"}, lambda one: one.attempt.modality is Modality.TTS),
    (
        {"model": "acme/stt-1"},
        lambda one: (one.attempt.provider, one.attempt.model) == ("acme", "stt-1"),
    ),
    ({"model": "stt-1"}, lambda one: one.attempt.model == "stt-1"),
    ({"provider": "local"}, lambda one: one.attempt.provider == "local"),
    ({"outcome": "failed"}, lambda one: one.outcome == "failed"),
    ({"outcome": "completed"}, lambda one: one.outcome == "completed"),
    ({"session": "room-1-3"}, lambda one: one.attempt.session_id == "room-1-3"),
    (
        {"project": "default", "modality": "llm", "outcome": "cancelled"},
        lambda one: (one.attempt.project, one.attempt.modality, one.outcome)
        == ("default", Modality.LLM, "cancelled"),
    ),
    ({"project": "nobody"}, lambda one: False),
    ({"model": "nothing"}, lambda one: False),
    ({"session": "nowhere"}, lambda one: False),
    ({"outcome": "abandoned"}, lambda one: False),
]  # fmt: skip


@pytest.mark.parametrize(("filters", "condition"), FILTERS)
def test_filters(filled, filters, condition) -> None:
    path, records = filled
    with open_reader(path) as reader:
        page = logs(reader, **filters, limit=10**6)
    ended = [row.id for row in page.rows if row.outcome != "open"]
    assert ended == newest(records, condition)
    assert page.next_cursor is None


@pytest.mark.parametrize("filters", [{}, {"modality": "llm"}, {"project": "booking"}])
def test_pages_show_every_row_once(filled, filters) -> None:
    path, _ = filled
    with open_reader(path) as reader:
        everything = [row.id for row in logs(reader, **filters, limit=10**6).rows]
        paged, cursor = [], None
        while True:
            page = logs(reader, **filters, limit=37, cursor=cursor)
            paged += [row.id for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert paged == everything
    assert any(row.startswith("open-") for row in everything)


def test_rows_of_one_moment_are_not_lost_between_pages(ledger, path) -> None:
    for number in range(10):
        ledger.append(kit.closed(kit.attempt(call_id=f"c{number}", started_us=5)))
    assert ledger.flush(10)
    with open_reader(path) as reader:
        first = logs(reader, limit=4)
        second = logs(reader, limit=100, cursor=first.next_cursor)
    seen = [row.call_id for row in (*first.rows, *second.rows)]
    assert seen == [f"c{number}" for number in range(9, -1, -1)]


def test_open_rows_say_what_is_known_so_far(ledger, path) -> None:
    about = kit.attempt(call_id="running")
    ledger.append(kit.opened(about, 900))
    units = {Unit.AUDIO_SECONDS: Decimal("5.5")}
    ledger.append(AttemptCheckpointed(about, units, "measured", 400))
    ledger.append(kit.opened(kit.attempt(call_id="silent", started_us=1)))
    assert ledger.flush(10)
    with open_reader(path) as reader:
        running, silent = logs(reader, outcome="open").rows
        assert attempt_by_id(reader, "running-1") == running
    said = running.to_json()
    assert (said["outcome"], said["units"], said["cost_usd"]) == (
        "open", {"audio_seconds": "5.5"}, "0.0000004",
    )  # fmt: skip
    assert quote_of(running) == PriceQuote(Decimal("4E-7"), confidence="estimated")
    assert (silent.unit_basis, silent.to_json()["cost_usd"]) == (None, None)
    assert quote_of(silent) == PriceQuote(None, confidence="unknown")


def test_one_row_by_its_id(filled) -> None:
    path, records = filled
    with open_reader(path) as reader:
        wanted = records[700]
        row = attempt_by_id(reader, wanted.attempt.id)
        assert row is not None
        assert row.quote == wanted.quote
        for nothing in ("", "-", "x", "x-1", "x-y", "x-" + "9" * 30, wanted.attempt.call_id):
            assert attempt_by_id(reader, nothing) is None


def test_an_export_reads_every_attempt_of_a_period_once(filled, monkeypatch) -> None:
    monkeypatch.setattr("voicegateway.storage.reads.logs._PAGE", 100)
    path, records = filled
    period = period_named("month", "UTC")
    with open_reader(path) as reader:
        found = [row.id for row in attempts_in(reader, period)]
        mine = [row.id for row in attempts_in(reader, period, project="support")]
        none = list(attempts_in(reader, between(kit.EPOCH, kit.EPOCH.replace(year=1971), "UTC")))
    inside = [one for one in records if period.start_us <= one.attempt.started_us < period.end_us]
    assert found == newest(inside, lambda one: True)[::-1]
    assert mine == newest(inside, lambda one: one.attempt.project == "support")[::-1]
    assert none == []


@pytest.mark.parametrize("cursor", ["x", "12", "12.", "12.x", ""])
def test_a_cursor_that_is_none(filled, cursor: str) -> None:
    path, _ = filled
    with open_reader(path) as reader, pytest.raises(LedgerError, match="cursor"):
        logs(reader, cursor=cursor)


def test_an_outcome_that_is_none(filled) -> None:
    path, _ = filled
    with open_reader(path) as reader, pytest.raises(LedgerError, match="completed"):
        logs(reader, outcome="done")
