"""Pages, the buckets of time in them, and the results in those."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from voicegateway.authoring import Bucket, ExportRecord, empty_line, next_page, read_pages
from voicegateway.authoring.exports import Source, shown
from voicegateway.types import UsageLine
from voicegw_openai.usage_export.costs import cost_line
from voicegw_openai.usage_export.usage import completion_line, speech_line, transcription_line

__all__ = ["read_export"]

_READERS: Final[Mapping[str, Callable[[ExportRecord, Bucket], UsageLine]]] = {
    "organization.usage.completions.result": completion_line,
    "organization.usage.audio_speeches.result": speech_line,
    "organization.usage.audio_transcriptions.result": transcription_line,
    "organization.costs.result": cost_line,
}


def read_export(source: Source) -> Iterator[UsageLine]:
    for page in read_pages(source):
        page.expect({"data", "has_more"}, {"object", "next_page"})
        following, report = next_page(page), _report(page)
        for bucket in page.records("data"):
            bucket.expect({"start_time", "end_time", "results"}, {"object"})
            start, end = bucket.unix_time("start_time"), bucket.unix_time("end_time")
            if bucket.items("results"):
                yield from _results(bucket, start, end, following)
            else:
                yield empty_line(bucket, Bucket(start, end, report, following))


def _report(page: ExportRecord) -> str:
    """Empty where nothing was used in any bucket: only results say of what they are."""
    for bucket in page.records("data"):
        for result in bucket.records("results"):
            return _name(result.word("object") or "")
    return ""


def _name(kind: str) -> str:
    return kind.removeprefix("organization.").removesuffix(".result")


def _results(
    bucket: ExportRecord, start: datetime, end: datetime, following: str | None
) -> Iterator[UsageLine]:
    for result in bucket.records("results"):
        kind = result.word("object") or ""
        read = _READERS.get(kind)
        if read is None:
            known = ", ".join(_READERS)
            raise result.error(f"has an object of the kind {shown(kind)}; read are {known}")
        yield read(result, Bucket(start, end, _name(kind), following))
