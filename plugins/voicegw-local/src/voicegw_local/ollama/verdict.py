"""Which of the counts of an Ollama turn to believe."""

from __future__ import annotations

from voicegateway.types import StreamReport, StreamVerdict, Unit, Usage, Verdict
from voicegw_local.selfhosted import verdict

__all__ = ["judge"]


def judge(report: StreamReport) -> StreamVerdict:
    """Ollama counts at the end of an answer: a turn without an end is estimated by the meter, from
    the prompt and the chunks that came, which are a token each. And some versions leave out the
    length of a prompt that was in the model's memory already; no prompt has 0 tokens, so its
    length is estimated then, and what was generated is as counted."""
    if report.reported is None:
        cut_off: Verdict = "cancelled_partial" if report.outcome == "cancelled" else "usage_missing"
        note = "Ollama counts only at the end of an answer: estimated"
        return StreamVerdict(report.measured, cut_off, note=note)
    if report.reported.units.get(Unit.INPUT_TOKENS):
        return verdict(report)
    units = {**report.measured.units, **report.reported.units}
    units.pop(Unit.INPUT_TOKENS, None)
    if (prompt := report.measured.units.get(Unit.INPUT_TOKENS)) is not None:
        units[Unit.INPUT_TOKENS] = prompt
    note = "Ollama did not say how long the prompt was: estimated"
    return StreamVerdict(Usage(units, "estimated"), "usage_missing", note=note)
