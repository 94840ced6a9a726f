"""Which of the counts of a call to believe."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from voicegateway.types import Modality, StreamReport, StreamVerdict, Unit, Usage
from voicegw_deepgram.facts import whole_fact
from voicegw_deepgram.listened import judge_recording, judge_speech
from voicegw_deepgram.spoken import judge_answer, judge_words

__all__ = ["judge_stream"]

_REFUSALS: Final = range(400, 500)
"""A server's own errors, from 500 on, leave open what was done."""


def judge_stream(report: StreamReport) -> StreamVerdict:
    """Facts of the vendor are there if one of our factories made the object; without them the
    meter's own count stands."""
    at_once = report.terms.mode == "batch"
    if at_once and _refused(report):
        return _nothing_done(report)
    if report.modality is Modality.STT:
        return judge_recording(report) if at_once else judge_speech(report)
    return judge_answer(report) if at_once else judge_words(report)


def _refused(report: StreamReport) -> bool:
    return whole_fact(report, "http_status") in _REFUSALS


def _nothing_done(report: StreamReport) -> StreamVerdict:
    stt = report.modality is Modality.STT
    unit = Unit.AUDIO_SECONDS if stt else Unit.CHARACTERS
    status = report.vendor["http_status"]
    note = f"Deepgram refused the request ({status}): nothing was done that it could bill"
    return StreamVerdict(Usage({unit: Decimal(0)}, "measured"), "usage_missing", note=note)
