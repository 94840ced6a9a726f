"""What a provider plugin may call, besides `voicegateway.hookimpl` and `voicegateway.types`.

Nothing here imports LiveKit or an HTTP client at the top, so a plugin module may import it.
"""

from voicegateway.authoring.counters import (
    AttemptCounters,
    DeclaredTerms,
    current_attempt,
    declare_terms,
)
from voicegateway.authoring.exports import (
    EVERY_MODEL,
    Bucket,
    ExportRecord,
    UsageExportError,
    empty_line,
    next_page,
    read_pages,
    read_records,
    usage_line,
)
from voicegateway.authoring.health import probe
from voicegateway.authoring.options import constructor_options
from voicegateway.authoring.verdicts import Tolerance, judge, judge_tokens

__all__ = [
    "EVERY_MODEL",
    "AttemptCounters",
    "Bucket",
    "DeclaredTerms",
    "ExportRecord",
    "Tolerance",
    "UsageExportError",
    "constructor_options",
    "current_attempt",
    "declare_terms",
    "empty_line",
    "judge",
    "judge_tokens",
    "next_page",
    "probe",
    "read_pages",
    "read_records",
    "usage_line",
]
