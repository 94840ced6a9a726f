"""What one session (one phone call) consumed and cost, turn by turn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from voicegateway.storage.codes import OUTCOME_CODE
from voicegateway.storage.models import usd
from voicegateway.storage.reads.entries import CLOSED_SELECT, OPEN_SELECT, Entry, entries
from voicegateway.storage.reads.names import Leg, find_session
from voicegateway.storage.reads.reader import Reader
from voicegateway.storage.reads.sessions import SessionRow, cost_per_minute, session_row
from voicegateway.storage.reads.texts import quantity_text, time_text, usd_text
from voicegateway.types import Modality, Unit

__all__ = ["LegReceipt", "Receipt", "Turn", "session_receipt"]

_PRUNED: Final = "SELECT attempts FROM pruned_sessions WHERE session_id = ?"
_OWNER: Final = (
    "SELECT p.name FROM sessions s JOIN projects p ON p.id = s.project_id WHERE s.id = ?"
)
_ENDED: Final = set(OUTCOME_CODE) - {"open"}


@dataclass(frozen=True, slots=True)
class LegReceipt:
    """One model's part in a session. Open attempts are not in it."""

    leg: Leg
    calls: int
    attempts: int
    interruptions: int
    """Attempts that were cancelled: a barge-in, mostly."""
    retries: int
    """Attempts after the first within a call."""
    fallbacks: int
    """Attempts made because another model had failed."""
    unpriced: int
    cost_nano: int | None
    units: dict[Unit, Decimal]
    ttfb_ms: tuple[float, float] | None
    """Time to first byte, the median and the slowest; None if none was measured."""

    def to_json(self) -> dict[str, object]:
        median, slowest = self.ttfb_ms or (None, None)
        return {
            "provider": self.leg.provider,
            "model": self.leg.model,
            "modality": self.leg.modality.value,
            "calls": self.calls,
            "requests": self.attempts,
            "interruptions": self.interruptions,
            "retries": self.retries,
            "fallbacks": self.fallbacks,
            "unpriced_requests": self.unpriced,
            "cost_usd": usd_text(self.cost_nano),
            "units": {unit.value: quantity_text(amount) for unit, amount in self.units.items()},
            "ttfb_median_ms": median,
            "ttfb_slowest_ms": slowest,
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """The attempts of one utterance, in the order they started; `speech_id` None gathers those
    that belong to none, such as a transcription that runs through the whole session."""

    speech_id: str | None
    rows: tuple[Entry, ...]

    @property
    def cost_nano(self) -> int | None:
        return _known_cost(self.rows)

    @property
    def first_audio_ms(self) -> float | None:
        """How long after the turn's first attempt started the first speech came back; None if it
        made none."""
        heard = [
            row.started_us + row.ttfb_us
            for row in self.rows
            if row.leg.modality is Modality.TTS and row.ttfb_us is not None
        ]
        if self.speech_id is None or not heard:
            return None
        return (min(heard) - self.rows[0].started_us) / 1000

    def to_json(self) -> dict[str, object]:
        return {
            "speech_id": self.speech_id,
            "started_at": time_text(self.rows[0].started_us),
            "cost_usd": usd_text(self.cost_nano),
            "first_audio_ms": self.first_audio_ms,
            "rows": [row.to_json() for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """A session. Costs are sums of what is known; `unpriced` says how many are not."""

    session_id: str
    project: str
    start_us: int
    end_us: int
    """When the last attempt that has ended did so."""
    requests: int
    open: int
    unpriced: int
    cost_nano: int | None
    legs: tuple[LegReceipt, ...]
    turns: tuple[Turn, ...]
    pruned: int = 0
    """Attempts that are no longer kept: in the sums, and in no leg or turn."""

    @property
    def cost_per_minute_nano(self) -> int | None:
        return cost_per_minute(self.cost_nano, self.end_us - self.start_us)

    @property
    def spoken_turns(self) -> int:
        """Utterances of the agent."""
        return sum(turn.speech_id is not None for turn in self.turns)

    @property
    def cost_usd(self) -> Decimal | None:
        return usd(self.cost_nano)

    def to_json(self) -> dict[str, object]:
        """As `voicegw session --json` prints it."""
        return {
            "session_id": self.session_id,
            "project": self.project,
            "started_at": time_text(self.start_us),
            "ended_at": time_text(self.end_us),
            "duration_seconds": (self.end_us - self.start_us) / 1_000_000,
            "cost_usd": usd_text(self.cost_nano),
            "cost_per_minute_usd": usd_text(self.cost_per_minute_nano),
            "requests": self.requests,
            "open_requests": self.open,
            "unpriced_requests": self.unpriced,
            "pruned_requests": self.pruned,
            "spoken_turns": self.spoken_turns,
            "interruptions": sum(leg.interruptions for leg in self.legs),
            "retries": sum(leg.retries for leg in self.legs),
            "fallbacks": sum(leg.fallbacks for leg in self.legs),
            "legs": [leg.to_json() for leg in self.legs],
            "turns": [turn.to_json() for turn in self.turns],
        }


def session_receipt(reader: Reader, session_id: str) -> Receipt | None:
    """The receipt of a session; None if the ledger never had an attempt of it. Of one whose
    attempts are no longer kept, the sums alone."""
    with reader.snapshot() as connection:
        key = find_session(connection, session_id)
        if key is None:
            return None
        rows: list[Entry] = []
        for select in (CLOSED_SELECT, OPEN_SELECT):
            found = connection.execute(f"{select} WHERE a.session_id = ?", (key,))
            rows += entries(connection, found)
        gone = connection.execute(_PRUNED, (key,))
        rows.sort(key=lambda row: (row.started_us, row.call_id, row.attempt))
        if gone:
            owner = connection.execute(_OWNER, (key,))[0][0]
            whole = session_row(connection, key, session_id, owner)
            return _pruned_receipt(whole, rows, gone[0][0])
    return _receipt(session_id, rows) if rows else None


def _receipt(session_id: str, rows: list[Entry]) -> Receipt:
    ended = [row for row in rows if row.outcome in _ENDED]
    return Receipt(
        session_id=session_id,
        project=rows[0].project,
        start_us=rows[0].started_us,
        end_us=max(row.started_us + (row.duration_us or 0) for row in rows),
        requests=len(ended),
        open=len(rows) - len(ended),
        unpriced=_unpriced(ended),
        cost_nano=_known_cost(ended),
        legs=_legs(ended),
        turns=_turns(rows),
    )


def _pruned_receipt(whole: SessionRow, rows: list[Entry], pruned: int) -> Receipt:
    start = whole.start_us or 0
    return Receipt(
        session_id=whole.session_id,
        project=whole.project,
        start_us=start,
        end_us=max(whole.end_us or start, *(row.started_us for row in rows), start),
        requests=whole.sum.requests,
        open=whole.open,
        unpriced=whole.sum.unpriced,
        cost_nano=whole.cost_nano,
        legs=_legs([row for row in rows if row.outcome in _ENDED]),
        turns=_turns(rows),
        pruned=pruned,
    )


def _legs(rows: list[Entry]) -> tuple[LegReceipt, ...]:
    by_leg: dict[Leg, list[Entry]] = {}
    for row in rows:
        by_leg.setdefault(row.leg, []).append(row)
    return tuple(_leg(leg, own) for leg, own in by_leg.items())


def _leg(leg: Leg, rows: list[Entry]) -> LegReceipt:
    units: dict[Unit, Decimal] = {}
    for row in rows:
        for unit, amount in row.units.items():
            units[unit] = units.get(unit, Decimal(0)) + amount
    return LegReceipt(
        leg=leg,
        calls=len({row.call_id for row in rows}),
        attempts=len(rows),
        interruptions=sum(row.outcome == "cancelled" for row in rows),
        retries=sum(row.attempt > 1 for row in rows),
        fallbacks=sum(row.fallback_from is not None for row in rows),
        unpriced=_unpriced(rows),
        cost_nano=_known_cost(rows),
        units=units,
        ttfb_ms=_times(rows),
    )


def _times(rows: list[Entry]) -> tuple[float, float] | None:
    times = sorted(row.ttfb_us for row in rows if row.ttfb_us is not None)
    if not times:
        return None
    median = (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2
    return median / 1000, times[-1] / 1000


def _turns(rows: list[Entry]) -> tuple[Turn, ...]:
    by_speech: dict[str | None, list[Entry]] = {}
    for row in rows:
        by_speech.setdefault(row.speech_id, []).append(row)
    return tuple(Turn(speech, tuple(own)) for speech, own in by_speech.items())


def _unpriced(rows: list[Entry]) -> int:
    return sum(row.cost_nano is None for row in rows)


def _known_cost(rows: list[Entry] | tuple[Entry, ...]) -> int | None:
    """None only if nothing is known: with no attempts at all the cost is 0."""
    known = [row.cost_nano for row in rows if row.cost_nano is not None and row.outcome in _ENDED]
    return sum(known) if known or not rows else None
