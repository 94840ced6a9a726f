"""Records as text and back, exactly: decimals keep every digit, texts every code point.

Nothing that was spoken and no secret is in a record, so none is in the spool."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from voicegateway.storage.days import datetime_of_us
from voicegateway.storage.models import (
    Attempt,
    AttemptCheckpointed,
    AttemptClosed,
    AttemptOpened,
    LedgerRecord,
)
from voicegateway.types import Modality, PriceLine, PriceQuote, PriceTerms, Unit

__all__ = ["decode", "encode"]


def encode(records: Sequence[LedgerRecord]) -> bytes:
    """Raises `TypeError`, `ValueError` or `AttributeError` for what is no record."""
    return json.dumps([_packed(one) for one in records], separators=(",", ":")).encode("ascii")


def decode(payload: bytes) -> tuple[list[LedgerRecord], int]:
    """The records that `encode` was given, and how many of them cannot be made out: it takes
    some that are wrong in themselves, such as a unit that is none."""
    records: list[LedgerRecord] = []
    failed = 0
    for packed in json.loads(payload):
        try:
            records.append(_unpacked(*packed))
        except (TypeError, ValueError, ArithmeticError, LookupError):
            failed += 1
    return records, failed


def _packed(record: LedgerRecord) -> list[Any]:
    if isinstance(record, AttemptClosed):
        return [
            "c", _attempt(record.attempt), record.outcome, _units(record.units), record.basis,
            record.verdict, _quote(record.quote), record.ttfb_ms, record.duration_ms,
            record.speech_id, record.error, record.vendor_request_id, _terms(record.terms),
        ]  # fmt: skip
    if isinstance(record, AttemptOpened):
        return ["o", _attempt(record.attempt), record.held_nano]
    units, spent = _units(record.units), record.cost_nano
    return ["p", _attempt(record.attempt), units, record.basis, spent, record.at_us]


def _unpacked(kind: str, attempt: list[Any], *rest: Any) -> LedgerRecord:
    about = _read_attempt(*attempt)
    if kind == "c":
        outcome, units, basis, verdict, quote, ttfb, duration, speech, error, request = rest[:10]
        return AttemptClosed(
            about, outcome, _read_units(units), basis, verdict, _read_quote(*quote), ttfb, duration,
            speech, error, request, _read_terms(about, *rest[10:]),
        )  # fmt: skip
    if kind == "o":
        return AttemptOpened(about, *rest)
    if kind == "p":
        units, *more = rest
        return AttemptCheckpointed(about, _read_units(units), *more)
    raise ValueError(f"{kind!r} is no kind of record")


def _attempt(one: Attempt) -> list[Any]:
    return [
        one.call_id, one.attempt, one.started_us, one.project, one.session_id, one.provider,
        one.model, one.modality, one.fallback_from,
    ]  # fmt: skip


def _read_attempt(
    call_id: str,
    attempt: int,
    started_us: int,
    project: str,
    session_id: str | None,
    provider: str,
    model: str,
    modality: str,
    fallback_from: str | None,
) -> Attempt:
    role = Modality(modality)
    return Attempt(
        call_id, attempt, started_us, project, session_id, provider, model, role, fallback_from
    )


def _units(units: Mapping[Unit, Decimal]) -> dict[str, str]:
    return {unit: str(amount) for unit, amount in units.items()}


def _read_units(units: dict[str, str]) -> dict[Unit, Decimal]:
    return {Unit(unit): Decimal(amount) for unit, amount in units.items()}


def _terms(terms: PriceTerms | None) -> list[Any] | None:
    if terms is None:
        return None
    return [terms.mode, terms.plan, terms.channels, sorted(terms.addons), terms.service_tier]


def _read_terms(about: Attempt, terms: list[Any] | None = None) -> PriceTerms | None:
    """None as well for a record of a version that did not keep them."""
    if terms is None:
        return None
    mode, plan, channels, addons, tier = terms
    at = datetime_of_us(about.started_us)
    return PriceTerms(at, mode, plan, channels, frozenset(addons), tier)


def _quote(quote: PriceQuote) -> list[Any]:
    amount, as_of = quote.amount_usd, quote.as_of
    return [
        None if amount is None else str(amount), [_line(line) for line in quote.lines],
        quote.unpriced, quote.confidence, quote.source, quote.source_url,
        None if as_of is None else as_of.isoformat(),
    ]  # fmt: skip


def _read_quote(
    amount: str | None,
    lines: list[list[str]],
    unpriced: list[str],
    confidence: Any,
    source: str,
    source_url: str,
    as_of: str | None,
) -> PriceQuote:
    return PriceQuote(
        amount_usd=None if amount is None else Decimal(amount),
        lines=tuple(_read_line(*line) for line in lines),
        unpriced=tuple(Unit(unit) for unit in unpriced),
        confidence=confidence,
        source=source,
        source_url=source_url,
        as_of=None if as_of is None else date.fromisoformat(as_of),
    )


def _line(line: PriceLine) -> list[str]:
    quantity = str(line.quantity)
    return [
        line.unit, quantity, quantity if line.billed is line.quantity else str(line.billed),
        str(line.rate_usd), str(line.per), str(line.amount_usd), line.rule,
    ]  # fmt: skip


def _read_line(unit: str, quantity: str, *amounts: str) -> PriceLine:
    billed, rate, per, amount, rule = amounts
    return PriceLine(
        unit=Unit(unit),
        quantity=Decimal(quantity),
        billed=Decimal(billed),
        rate_usd=Decimal(rate),
        per=Decimal(per),
        amount_usd=Decimal(amount),
        rule=rule,
    )
