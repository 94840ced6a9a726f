"""Which report a document is."""

from __future__ import annotations

from collections.abc import Iterator

from voicegateway.authoring import read_pages
from voicegateway.authoring.exports import Source
from voicegateway.types import UsageLine
from voicegw_elevenlabs.usage_export.analytics import table_lines
from voicegw_elevenlabs.usage_export.characters import statistics_lines

__all__ = ["read_export"]


def read_export(source: Source) -> Iterator[UsageLine]:
    for document in read_pages(source):
        if "time" in document.fields and "usage" in document.fields:
            yield from statistics_lines(document)
        else:
            yield from table_lines(document)
