"""From an attempt to a priced row: verdict, quote, ledger."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from voicegateway.middleware.call import AttemptState, Call, report_trouble
from voicegateway.middleware.error_names import error_name
from voicegateway.middleware.identity import identity
from voicegateway.middleware.quoting import UNKNOWN, Override, UsagePricer, honest, quoted
from voicegateway.middleware.units import (
    keep_tokens,
    measured_usage,
    read_chunks,
    reported_usage,
    vendor_counters,
)
from voicegateway.middleware.verdict import default_verdict
from voicegateway.storage.models import (
    AttemptCheckpointed,
    AttemptClosed,
    AttemptOpened,
    DeferredRecord,
    LedgerRecord,
    nano_usd,
    usd,
)
from voicegateway.types import (
    Modality,
    Outcome,
    PriceQuote,
    PriceTerms,
    StreamReport,
    StreamVerdict,
    Usage,
)

__all__ = ["CostTracker", "Learner", "Pricer", "RecordSink"]

logger = logging.getLogger("voicegateway.meter")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Pricer(UsagePricer, Protocol):
    """The two hooks of a provider that turn an attempt into money."""

    def validate_stream(self, report: StreamReport) -> StreamVerdict | None: ...


class RecordSink(Protocol):
    """Where rows go; never blocks and never raises."""

    def append(self, record: LedgerRecord | DeferredRecord) -> None: ...


class Learner(Protocol):
    """Who is told what attempts cost; in the ledger's thread."""

    def learn(self, call: Call, nano: int) -> None: ...


class CostTracker:
    """Listens to the meter, asks the provider's hooks, and writes rows.

    On the agent's event loop it only takes note; hooks run in the ledger's thread, in groups."""

    def __init__(
        self, sink: RecordSink, pricer: Callable[[str], Pricer | None], override: Override
    ) -> None:
        self._sink = sink
        self._pricer = pricer
        self._override = override
        self.learner: Learner | None = None
        self.watchers: list[Callable[[AttemptClosed], None]] = []
        """Told of every attempt that has ended, in the ledger's thread."""
        self.keeps_times = True
        """Whether times go into the ledger."""
        self._warned: set[tuple[str, str]] = set()

    def opened(self, call: Call, attempt: AttemptState) -> None:
        self._sink.append(partial(self._opening, call, attempt))

    def checkpointed(self, call: Call, attempt: AttemptState) -> None:
        read_chunks(attempt)
        usage = measured_usage(call, attempt)
        self._sink.append(partial(self._checkpoint, call, attempt, usage))

    def closed(self, call: Call, attempt: AttemptState, outcome: Outcome) -> None:
        keep_tokens(call, attempt)
        self._sink.append(partial(self._closing, call, attempt, outcome))

    def price(self, call: Call, usage: Usage) -> PriceQuote:
        """What so much would cost, asked for now."""
        return self._quote(call, usage, _terms(call, datetime.now(UTC)))

    def _opening(self, call: Call, attempt: AttemptState) -> AttemptOpened:
        if call.held_nano is not None:
            return AttemptOpened(identity(call, attempt), call.held_nano)
        held = self._quote(call, measured_usage(call, attempt), _terms_of(call, attempt))
        return AttemptOpened(identity(call, attempt), nano_usd(held.amount_usd))

    def _checkpoint(self, call: Call, attempt: AttemptState, usage: Usage) -> AttemptCheckpointed:
        quote = self._quote(call, usage, _terms_of(call, attempt))
        return AttemptCheckpointed(
            identity(call, attempt), usage.units, usage.basis, nano_usd(quote.amount_usd)
        )

    def _closing(self, call: Call, attempt: AttemptState, outcome: Outcome) -> AttemptClosed:
        try:
            closed = self._measured(call, attempt, outcome)
        except Exception as error:  # noqa: BLE001 - what was spent must not be forgotten
            report_trouble("closed", error)
            closed = _unmeasured(call, attempt, outcome)
        for watcher in self.watchers:
            try:
                watcher(closed)
            except Exception as error:  # noqa: BLE001 - nor for what a listener does
                report_trouble("watcher", error)
        return closed

    def _measured(self, call: Call, attempt: AttemptState, outcome: Outcome) -> AttemptClosed:
        read_chunks(attempt)
        report = self._report(call, attempt, outcome)
        verdict = self._verdict(call, report)
        quote = self._quote(call, verdict.billable, report.terms)
        if self.learner is not None and quote.amount_usd is not None:
            self.learner.learn(call, nano_usd(quote.amount_usd) or 0)
        return AttemptClosed(
            attempt=identity(call, attempt),
            outcome=outcome,
            units=verdict.billable.units,
            basis=verdict.billable.basis,
            verdict=verdict.status,
            quote=honest(quote, verdict.status),
            ttfb_ms=_time_to_first_byte(call, report) if self.keeps_times else None,
            duration_ms=report.duration_ms if self.keeps_times else None,
            speech_id=call.speech_id,
            error=None if attempt.error is None else error_name(attempt.error),
            vendor_request_id=_request_id(report),
            terms=report.terms,
        )

    def _report(self, call: Call, attempt: AttemptState, outcome: Outcome) -> StreamReport:
        terms = _terms_of(call, attempt)
        ended = attempt.ended if attempt.ended is not None else attempt.started
        first = attempt.first_output
        prompt = call.prompt_chars if call.leg.modality is Modality.LLM else call.input_count
        return StreamReport(
            call_id=call.id,
            attempt=attempt.number,
            provider=call.leg.provider,
            model=call.leg.model,
            modality=call.leg.modality,
            terms=terms,
            outcome=outcome,
            measured=measured_usage(call, attempt),
            reported=reported_usage(call, attempt),
            opened_at=terms.at,
            first_output_ms=None if first is None else (first - attempt.started) * 1e3,
            duration_ms=(max(ended, first or ended) - attempt.started) * 1e3,
            prompt_chars=0 if call.leg.modality is Modality.STT else prompt,
            output_chars=sum(map(len, attempt.texts)),
            vendor=vendor_counters(attempt),
        )

    def _verdict(self, call: Call, report: StreamReport) -> StreamVerdict:
        verdict = None
        pricer = self._pricer(call.leg.provider)
        if pricer is not None:
            try:
                verdict = pricer.validate_stream(report)
            except Exception as error:  # noqa: BLE001 - a plugin's fault must not lose the row
                self._warn(call, "validate_stream", error)
        verdict = verdict or default_verdict(report)
        if not call.verifiable:
            return dataclasses.replace(verdict, status="unverifiable")
        return verdict

    def _quote(self, call: Call, usage: Usage, terms: PriceTerms) -> PriceQuote:
        leg = (call.leg.provider, call.leg.model, call.leg.modality)
        try:
            return quoted(self._override, self._pricer, leg, usage, terms)
        except Exception as error:  # noqa: BLE001 - a plugin's fault must not lose the row
            self._warn(call, "price_usage", error)
            return UNKNOWN

    def _warn(self, call: Call, hook: str, error: Exception) -> None:
        if (call.leg.provider, hook) not in self._warned:
            self._warned.add((call.leg.provider, hook))
            logger.warning(
                "Hook %s of provider %r raised %s; its rows are kept, with the core's defaults.",
                hook,
                call.leg.provider,
                type(error).__name__,
            )


def _unmeasured(call: Call, attempt: AttemptState, outcome: Outcome) -> AttemptClosed:
    """Of which nothing is known but what it held."""
    held = usd(call.held_nano)
    quote = UNKNOWN if held is None else PriceQuote(held, confidence="estimated", source="its hold")
    return AttemptClosed(
        identity(call, attempt), outcome, {}, "estimated", "unverifiable", quote, None, None
    )


def _terms_of(call: Call, attempt: AttemptState) -> PriceTerms:
    """Those of its object, and what the vendor's answer said of this attempt."""
    said = attempt.counters.facts
    channels = said.get("channels")
    tier = said.get("service_tier") or getattr(attempt.usage, "service_tier", None)
    return _terms(
        call,
        _moment(attempt),
        channels=channels if isinstance(channels, int) else None,
        addons=frozenset(said.get("addons", ())),
        tier=str(tier) if tier else None,
    )


def _terms(
    call: Call,
    at: datetime,
    *,
    channels: int | None = None,
    addons: frozenset[str] = frozenset(),
    tier: str | None = None,
) -> PriceTerms:
    declared = call.terms
    return PriceTerms(
        at=at,
        mode=declared.mode or call.mode,
        plan=declared.plan,
        channels=declared.channels if channels is None else channels,
        addons=declared.addons | addons,
        service_tier=tier or declared.service_tier,
    )


def _moment(attempt: AttemptState) -> datetime:
    return _EPOCH + timedelta(microseconds=attempt.started_us)


def _time_to_first_byte(call: Call, report: StreamReport) -> float | None:
    """None for a stream of speech-to-text: it opens before anybody speaks, so the time to its
    first transcript says nothing about the vendor."""
    if call.leg.modality is Modality.STT and call.mode != "batch":
        return None
    return report.first_output_ms


def _request_id(report: StreamReport) -> str | None:
    """What the plugin noted, or else what LiveKit calls the request, which may be its own id."""
    said = report.vendor.get("request_id")
    return None if said is None else str(said)
