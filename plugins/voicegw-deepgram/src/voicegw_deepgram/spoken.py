"""How many characters a text-to-speech call is billed for: those of the text that Deepgram was
sent, which are not quite those that LiveKit was given. LiveKit streams word by word, each with
one space behind it."""

from __future__ import annotations

from decimal import Decimal

from voicegateway.authoring import judge
from voicegateway.authoring.verdicts import CHARACTERS
from voicegateway.types import StreamReport, StreamVerdict, Unit, Usage, Verdict
from voicegw_deepgram.facts import turns_fact, whole_fact

__all__ = ["judge_answer", "judge_words"]


def judge_answer(report: StreamReport) -> StreamVerdict:
    """Of `synthesize`: the header `dg-char-count`."""
    billed = whole_fact(report, "billed_characters")
    reported = None if billed is None else _units(report, billed)
    return judge(report, reported, Unit.CHARACTERS, CHARACTERS)


def judge_words(report: StreamReport) -> StreamVerdict:
    """Of a stream: Flux counts each turn at its end, Aura nothing at all."""
    sent, turns = whole_fact(report, "sent_characters"), turns_fact(report)
    if sent is None:
        return judge(report, None, Unit.CHARACTERS, CHARACTERS)
    if turns:
        return _turns(report, sent, turns)
    note = "" if sent else "no text was sent"
    return StreamVerdict(_measured(report, sent), _unreported(report), note=note)


def _turns(report: StreamReport, sent: int, turns: list[tuple[int, int]]) -> StreamVerdict:
    """Each turn is what was received of it and what of that is billed."""
    received, billed = (sum(count) for count in zip(*turns, strict=True))
    if report.outcome != "completed" and received < sent:  # the last turn did not end
        note = f"Deepgram billed {billed} characters; {sent - received} more had been sent"
        usage = _measured(report, billed + sent - received)
        return StreamVerdict(usage, _unreported(report), note=note)
    messages = whole_fact(report, "turn_messages") or 0
    times = 1 + max(0, messages - len(turns))
    return judge(
        report,
        _units(report, billed),
        Unit.CHARACTERS,
        CHARACTERS,
        against=Decimal(sent - (received - billed)),
        times_sent=times,
    )


def _unreported(report: StreamReport) -> Verdict:
    return "cancelled_partial" if report.outcome == "cancelled" else "usage_missing"


def _measured(report: StreamReport, characters: int) -> Usage:
    return Usage(_units(report, characters), "measured")


def _units(report: StreamReport, characters: int) -> dict[Unit, Decimal]:
    return {**report.measured.units, Unit.CHARACTERS: Decimal(characters)}
