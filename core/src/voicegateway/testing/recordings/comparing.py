"""What differs between a recording and what came when it was played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from voicegateway.testing.recordings.asking import Answer
from voicegateway.testing.recordings.model import Recording
from voicegateway.testing.recordings.replay import ReplayCloud
from voicegateway.types import Modality, Unit

if TYPE_CHECKING:
    from voicegateway.testing.bench import AttemptRow

__all__ = ["differences", "obstacles"]


def differences(recording: Recording, answer: Answer, rows: Sequence[AttemptRow]) -> Iterator[str]:
    """Each as "the thing: expected this, came that"."""
    yield from _in_answer(recording, answer)
    if len(rows) != 1:
        yield _differ("closed rows", 1, len(rows))
        return
    yield from _in_row(recording, rows[0])


def obstacles(cloud: ReplayCloud) -> Iterator[str]:
    """Why a call may have failed, as far as the cloud can tell."""
    exchange = cloud.exchange
    asked = [(request.method, request.path) for request in cloud.received]
    others = sorted({f"{method} {path}" for method, path in asked if not cloud.plays(method, path)})
    if others:
        yield _differ("requests", f"{exchange.method} {exchange.path}", ", ".join(others))
    if not asked:
        yield "the plugin asked for nothing: is the address that it was given right"
    if cloud.trouble is not None:
        yield cloud.trouble
    if cloud.waiting is not None:
        wanted = f" with {dict(cloud.waiting.contains)}" if cloud.waiting.contains else ""
        came = f"{len(cloud.messages)} messages" if cloud.messages else "nothing"
        yield _differ("the client's next message", f"{cloud.waiting.kind}{wanted}", came)


def _in_answer(recording: Recording, answer: Answer) -> Iterator[str]:
    if recording.modality is Modality.TTS:
        if not answer.samples:
            yield _differ("audio", "some", "none")
    elif answer.text != recording.expected.text:
        yield _differ("text", repr(recording.expected.text), repr(answer.text))


def _in_row(recording: Recording, row: AttemptRow) -> Iterator[str]:
    expected = recording.expected
    if row.outcome != "completed":
        yield _differ("outcome", "completed", f"{row.outcome} ({row.error})")
    if _comparable(row.units, expected.units) != dict(expected.units):
        yield _differ("units", _shown(expected.units), _shown(row.units))
    if row.basis != expected.basis:
        yield _differ("basis", expected.basis, row.basis)
    if row.verdict != expected.verdict:
        yield _differ("verdict", expected.verdict, row.verdict)
    if row.quote.amount_usd != expected.cost_usd:
        yield _differ("cost_usd", expected.cost_usd, row.quote.amount_usd)
    yield from _in_times(recording, row)


def _in_times(recording: Recording, row: AttemptRow) -> Iterator[str]:
    """A stream of speech-to-text has no time to first byte; an answer of one piece has one that
    is its whole duration."""
    if recording.modality is Modality.STT and recording.mode == "streaming":
        return
    if row.ttfb_ms is None or row.ttfb_ms > row.duration_ms:
        came = "none" if row.ttfb_ms is None else f"{row.ttfb_ms} ms"
        yield _differ("time to first byte", f"at most {row.duration_ms} ms", came)


def _comparable(
    came: Mapping[Unit, Decimal], expected: Mapping[Unit, Decimal]
) -> dict[Unit, Decimal]:
    """Without the time that a stream was open, which no recording can foretell, unless the vendor
    reports it."""
    measured = {Unit.SESSION_SECONDS} - expected.keys()
    return {unit: amount for unit, amount in came.items() if unit not in measured}


def _shown(units: Mapping[Unit, Decimal]) -> str:
    return ", ".join(f"{unit} {units[unit]}" for unit in sorted(units)) or "none"


def _differ(what: str, expected: object, came: object) -> str:
    return f"{what}: expected {expected}, came {came}"
