"""Reading a vendor's own usage or cost export, for `read_usage_export`.

Shared by all vendors: opening, encodings, JSON and CSV, exact numbers, moments in UTC, and one
error that says where. A file is read as its lines are asked for, so that memory stays flat for JSON
lines and CSV; of other JSON one page is in memory.

For example, days of seconds a model:

    def read_usage_export(source):
        for page in read_pages(source):
            page.expect({"data"}, {"has_more", "next_page"})
            for row in page.records("data"):
                row.expect({"day", "model", "seconds"})
                bucket = Bucket.of_days(row.iso_time("day"), 1, "usage")
                seconds = {Unit.AUDIO_SECONDS: row.number("seconds")}
                model = row.word("model")
                yield usage_line(row, bucket, model=model, modality=Modality.STT, units=seconds)
"""

from voicegateway.authoring.exports.errors import UsageExportError, shown
from voicegateway.authoring.exports.lines import (
    EVERY_MODEL,
    Bucket,
    empty_line,
    next_page,
    read_pages,
    usage_line,
)
from voicegateway.authoring.exports.opening import Source
from voicegateway.authoring.exports.records import ExportRecord, read_records

__all__ = [
    "EVERY_MODEL",
    "Bucket",
    "ExportRecord",
    "Source",
    "UsageExportError",
    "empty_line",
    "next_page",
    "read_pages",
    "read_records",
    "shown",
    "usage_line",
]
