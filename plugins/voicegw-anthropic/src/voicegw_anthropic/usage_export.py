"""Anthropic's usage and cost reports, as the interface answers them: `GET
/v1/organizations/usage_report/messages` and `/cost_report`, and their successors
`/v1/organizations/analytics/usage_report` and `/cost_report`.

Fields: the reference of the Admin API, and the types of anthropic 2.12, `types.beta.organization`.
Amounts are cents in strings; moments have their zone, and the end of a bucket is no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from voicegateway.authoring import (
    Bucket,
    ExportRecord,
    empty_line,
    next_page,
    read_pages,
    usage_line,
)
from voicegateway.authoring.exports import Source, shown
from voicegateway.types import Modality, Unit, UsageLine

__all__ = ["read_export"]

_SNAPSHOT: Final = re.compile(r"(?P<alias>.+)-20\d{6}", re.ASCII)
_GROUPS: Final = {
    *("model", "context_window", "inference_geo", "speed"),
    *("api_key_id", "workspace_id", "service_tier", "account_id", "service_account_id"),
    *("claude_tag_category", "claude_tag_user_id"),
    *("product", "rbac_group_id", "requests", "slack_channel_id"),
}
"""Of the older reports and their successors."""
_USAGE: Final = {
    *("uncached_input_tokens", "cache_read_input_tokens", "output_tokens"),
    "cache_creation",
}
_USAGE_OPTIONAL: Final = {*_GROUPS, "server_tool_use"}
_COST_OPTIONAL: Final = {
    *_GROUPS,
    *("cost_type", "token_type", "description", "list_amount"),
}
_LASTING: Final = "ephemeral_1h_input_tokens"
_BRIEF: Final = "ephemeral_5m_input_tokens"


_COST_OF: Final = {
    "uncached_input_tokens": Unit.INPUT_TOKENS,
    "cache_read_input_tokens": Unit.CACHED_INPUT_TOKENS,
    f"cache_creation.{_BRIEF}": Unit.CACHE_WRITE_TOKENS,
    f"cache_creation.{_LASTING}": Unit.CACHE_WRITE_1H_TOKENS,
    "output_tokens": Unit.OUTPUT_TOKENS,
    "web_search": Unit.REQUESTS,
}
"""By `token_type`, or by `cost_type` where there is none."""


def read_export(source: Source) -> Iterator[UsageLine]:
    for page in read_pages(source):
        page.expect({"data"}, {"has_more", "next_page"})
        following, report = next_page(page), _report(page)
        for bucket in page.records("data"):
            bucket.expect({"starting_at", "ending_at", "results"})
            span = bucket.iso_time("starting_at"), bucket.iso_time("ending_at")
            if not bucket.items("results"):
                yield empty_line(bucket, Bucket(*span, report, following))
            for result in bucket.records("results"):
                reading = _cost if "amount" in result.fields else _usage
                yield reading(result, Bucket(*span, _report_of(result), following))


def _report(page: ExportRecord) -> str:
    """Empty where nothing was used in any bucket: only results say of what they are."""
    for bucket in page.records("data"):
        for result in bucket.records("results"):
            return _report_of(result)
    return ""


def _report_of(result: ExportRecord) -> str:
    return "cost_report" if "amount" in result.fields else "usage_report"


def _usage(result: ExportRecord, bucket: Bucket) -> UsageLine:
    """The counters are disjoint as they come."""
    result.expect(_USAGE, _USAGE_OPTIONAL)
    model = result.word("model")
    return usage_line(
        result,
        bucket,
        model=model,
        ledger_model=_ledger_model(model),
        modality=Modality.LLM,
        units={
            Unit.INPUT_TOKENS: result.number("uncached_input_tokens"),
            Unit.CACHED_INPUT_TOKENS: result.number("cache_read_input_tokens"),
            Unit.OUTPUT_TOKENS: result.number("output_tokens"),
            **_written(result),
            Unit.REQUESTS: _searches(result),
        },
    )


def _written(result: ExportRecord) -> dict[Unit, Decimal | None]:
    written = result.record("cache_creation")
    if written is None:
        return {}
    written.expect((), {_BRIEF, _LASTING})
    return {
        Unit.CACHE_WRITE_TOKENS: written.number(_BRIEF),
        Unit.CACHE_WRITE_1H_TOKENS: written.number(_LASTING),
    }


def _searches(result: ExportRecord) -> Decimal | None:
    """What this package's rows have as requests: web searches of the vendor's own tool."""
    tools = result.record("server_tool_use")
    if tools is None:
        return None
    tools.expect((), {"web_search_requests"})
    return tools.number("web_search_requests")


def _cost(result: ExportRecord, bucket: Bucket) -> UsageLine:
    """Has no quantity, so no units."""
    result.expect({"amount", "currency"}, _COST_OPTIONAL)
    currency = result.word("currency") or ""
    if currency.upper() != "USD":
        raise result.error(f"is in {shown(currency)}: only costs in dollars can be compared")
    cents = result.number("amount", below_zero=True)
    if cents is None:
        raise result.error("has no amount")
    model = result.word("model")
    return usage_line(
        result,
        bucket,
        model=model,
        ledger_model=_ledger_model(model),
        modality=Modality.LLM,
        units={},
        cost_usd=cents.scaleb(-2),
        cost_of=_COST_OF.get(result.word("token_type") or result.word("cost_type") or ""),
    )


def _ledger_model(model: str | None) -> str | None:
    """A report may have the snapshot, `claude-haiku-4-5-20251001`; a model string mostly has the
    alias."""
    found = _SNAPSHOT.fullmatch(model or "")
    return found["alias"] if found else model
