"""Cartesia's credits a day, `GET /usage/credits`: neither models nor dollars.

Fields: a third party's OpenAPI description; days are UTC, https://docs.cartesia.ai/api-reference.
"""

from __future__ import annotations

from collections.abc import Iterator

from voicegateway.authoring import Bucket, read_pages, usage_line
from voicegateway.authoring.exports import Source
from voicegateway.types import Unit, UsageLine

__all__ = ["read_export"]


def read_export(source: Source) -> Iterator[UsageLine]:
    """Each line is of every model and both modalities."""
    for page in read_pages(source):
        page.expect({"data"})
        for day in page.records("data"):
            day.expect({"timestamp", "credits"})
            bucket = Bucket.of_days(day.iso_time("timestamp"), 1, "credits")
            units = {Unit.CREDITS: day.number("credits")}
            yield usage_line(day, bucket, model=None, modality=None, units=units)
