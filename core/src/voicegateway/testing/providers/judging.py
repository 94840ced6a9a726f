"""`validate_stream`, asked about reports that no test thought of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, get_args

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from voicegateway.testing.bench import PluginBench
from voicegateway.testing.providers.subject import Subject
from voicegateway.types import (
    Basis,
    Mode,
    Outcome,
    PriceTerms,
    StreamReport,
    StreamVerdict,
    Unit,
    Usage,
    Verdict,
)

__all__ = ["EXAMPLES", "JudgingTests", "quantities", "terms", "usages"]

EXAMPLES: Final = settings(
    max_examples=100,
    deadline=None,  # the first example imports what the hook needs
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),  # to explain a failure takes it a minute
)
"""The same examples on every machine."""

_MOMENTS = st.datetimes(
    datetime(2015, 1, 1),  # noqa: DTZ001 - see timezones
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
_NAMES = st.sampled_from([None, "", "growth", "priority", "no-such-thing"])


def quantities() -> st.SearchStrategy[Decimal]:
    """From nothing to more than a call ever used, with a microsecond's precision."""
    return st.decimals(0, 10_000_000, allow_nan=False, allow_infinity=False, places=6)


def usages() -> st.SearchStrategy[Usage]:
    units = st.dictionaries(st.sampled_from(Unit), quantities(), max_size=6)
    return st.builds(Usage, units, st.sampled_from(get_args(Basis)))


def terms() -> st.SearchStrategy[PriceTerms]:
    return st.builds(
        PriceTerms,
        at=_MOMENTS,
        mode=st.sampled_from(get_args(Mode)),
        plan=_NAMES,
        channels=st.integers(1, 8),
        addons=st.frozensets(st.sampled_from(["diarize", "no-such-add-on"])),
        service_tier=_NAMES,
    )


class JudgingTests(Subject):
    def test_every_report_gets_a_sound_verdict(self, installed: PluginBench) -> None:
        """It never raises: what a vendor sends is nothing one may rely on."""
        provider = self.loaded(installed)
        provider.preload()

        @EXAMPLES
        @given(report=self.reports())
        def judged(report: StreamReport) -> None:
            verdict = provider.validate_stream(report)
            if verdict is not None:
                _check_verdict(verdict)

        judged()

    def test_a_report_without_counters_is_not_confirmed(self, installed: PluginBench) -> None:
        """One built by hand and handed to `attach()` has none of the plugin's own facts."""
        report = StreamReport(
            call_id="1",
            attempt=1,
            provider=self.provider,
            model=self.model,
            modality=self.modality,
            terms=PriceTerms(at=datetime(2026, 1, 1, tzinfo=UTC)),
            outcome="completed",
            measured=Usage({Unit.AUDIO_SECONDS: Decimal(2)}, "measured"),
            reported=None,
            opened_at=datetime(2026, 1, 1, tzinfo=UTC),
            first_output_ms=100.0,
            duration_ms=2000.0,
        )
        verdict = self.loaded(installed).validate_stream(report)
        if verdict is not None:
            assert verdict.status != "confirmed", (
                "nothing was reported, and the verdict confirms it"
            )
            assert verdict.billable.basis != "reported"

    def reports(self) -> st.SearchStrategy[StreamReport]:
        milliseconds = st.floats(0, 1e7)
        return st.builds(
            StreamReport,
            call_id=st.just("call"),
            attempt=st.integers(1, 5),
            provider=st.just(self.provider),
            model=st.just(self.model),
            modality=st.just(self.modality),
            terms=terms(),
            outcome=st.sampled_from(get_args(Outcome)),
            measured=usages(),
            reported=st.none() | usages(),
            opened_at=_MOMENTS,
            first_output_ms=st.none() | milliseconds,
            duration_ms=milliseconds,
            prompt_chars=st.integers(0, 10**6),
            output_chars=st.integers(0, 10**6),
            vendor=self.facts(),
        )

    def facts(self) -> st.SearchStrategy[dict[str, Any]]:
        odd = st.none() | st.integers(-1, 10**6) | st.floats() | st.text(max_size=5) | quantities()
        names = ["request_id", "usage_events", "unheard_of", *self.vendor_facts]
        return st.dictionaries(st.sampled_from(names), odd, max_size=4)


def _check_verdict(verdict: StreamVerdict) -> None:
    assert isinstance(verdict, StreamVerdict)
    assert verdict.status in get_args(Verdict), f"{verdict.status!r} is no verdict"
    assert verdict.billable.basis in get_args(Basis), f"{verdict.billable.basis!r} is no basis"
    for unit, amount in verdict.billable.units.items():
        assert isinstance(unit, Unit), f"{unit!r} is no Unit"
        assert isinstance(amount, Decimal), f"{unit} is a {type(amount).__name__}: use Decimal"
        assert amount.is_finite(), f"{amount} {unit} cannot be billed"
        assert amount >= 0, f"{amount} {unit} cannot be billed"
