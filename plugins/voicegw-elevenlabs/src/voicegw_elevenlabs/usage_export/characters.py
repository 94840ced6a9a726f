"""Character statistics, which are deprecated: an axis of time and a series for each part.

A series is of credits, which is the interface's default metric: the answer does not say which was
asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from voicegateway.authoring import Bucket, ExportRecord, usage_line
from voicegateway.authoring.exports import shown
from voicegateway.types import Unit, UsageLine
from voicegw_elevenlabs.usage_export.buckets import ends, moment
from voicegw_elevenlabs.usage_export.names import is_model, modality_of

__all__ = ["statistics_lines"]


def statistics_lines(document: ExportRecord) -> Iterator[UsageLine]:
    """Lines have a model where the parts are models. Buckets of nothing are left out."""
    document.expect({"time", "usage"})
    starts = [moment(document, value) for value in document.items("time")]
    usage = document.record("usage")
    if usage is None:
        raise document.error("usage is no object")
    end = ends(starts)
    for part in usage.fields:
        series = usage.items(part)
        if len(series) != len(starts):
            raise usage.error(f"{shown(part)} has {len(series)} values for {len(starts)} times")
        for start, value in zip(starts, series, strict=True):
            one = ExportRecord({"part": part, "credits": value}, usage.file, usage.place)
            if one.number("credits"):
                yield _line(one, Bucket(start, end[start], "character-stats"))


def _line(one: ExportRecord, bucket: Bucket) -> UsageLine:
    part = one.word("part") or ""
    model = part if is_model(part) else None
    return usage_line(
        one,
        bucket,
        model=model,
        modality=modality_of(None if model else part, model),
        units={Unit.CREDITS: one.number("credits")},
    )
