"""How many seconds of audio a speech-to-text call is billed for.

Deepgram bills the audio it received. LiveKit's own figure for Nova is of no use here: it adds
what is left of the connection's lifetime to the audio that was sent
(https://github.com/livekit/agents/issues/5498). Both are kept, and the audio is priced.
"""

from __future__ import annotations

from decimal import Decimal

from voicegateway.authoring import judge
from voicegateway.authoring.verdicts import AUDIO
from voicegateway.types import StreamReport, StreamVerdict, Unit, Usage
from voicegw_deepgram.facts import seconds_fact, whole_fact

__all__ = ["judge_recording", "judge_speech"]


def judge_recording(report: StreamReport) -> StreamVerdict:
    """Of `recognize`: `metadata.duration` of the answer."""
    heard = seconds_fact(report, "heard_seconds")
    reported = None if heard is None else {Unit.AUDIO_SECONDS: heard}
    return judge(report, reported, Unit.AUDIO_SECONDS, AUDIO)


def judge_speech(report: StreamReport) -> StreamVerdict:
    """Of a stream: the vendor's total if it sent one for each connection, else what was sent."""
    heard, sent = seconds_fact(report, "heard_seconds"), seconds_fact(report, "sent_seconds")
    if sent is None:
        sent = report.measured.units.get(Unit.AUDIO_SECONDS, Decimal(0))
    if heard is None:
        return _unheard(report, sent)
    summaries = whole_fact(report, "summaries") or 0
    if report.vendor.get("all_summarised"):
        connections = max(1, len(_requests(report)))
        times = 1 + max(0, summaries - connections)
        units = _units(report, heard)
        return judge(report, units, Unit.AUDIO_SECONDS, AUDIO, against=sent, times_sent=times)
    return _in_progress(report, heard, sent)


def _unheard(report: StreamReport, sent: Decimal) -> StreamVerdict:
    note = "Deepgram said nothing of the audio it heard" if sent else "no audio was sent"
    return StreamVerdict(_measured(report, sent), "usage_missing", note=note)


def _in_progress(report: StreamReport, heard: Decimal, sent: Decimal) -> StreamVerdict:
    """No total came: Flux sends none, and Nova none to a stream that is cut off. What was heard
    so far is then a lower bound, and agrees if it has come to the end."""
    drift = (heard - sent) / sent if sent else None
    if report.outcome == "completed" and AUDIO.allows(heard, sent):
        return StreamVerdict(_measured(report, sent), "confirmed", drift)
    if heard > sent and not AUDIO.allows(heard, sent):
        note = f"Deepgram has heard {heard} s, we sent {sent}; Deepgram's count is priced"
        return StreamVerdict(Usage(_units(report, heard)), "mismatch", drift, note)
    note = f"Deepgram's last message covers {heard} s of the {sent} s that were sent"
    return StreamVerdict(_measured(report, sent), "usage_missing", drift, note)


def _measured(report: StreamReport, sent: Decimal) -> Usage:
    return Usage(_units(report, sent), "measured")


def _units(report: StreamReport, audio: Decimal) -> dict[Unit, Decimal]:
    return {**report.measured.units, Unit.AUDIO_SECONDS: audio}


def _requests(report: StreamReport) -> tuple[object, ...]:
    requests = report.vendor.get("dg_request_ids")
    return requests if isinstance(requests, tuple) else ()
