"""The ledger's counters as Prometheus families.

All of it is read from the store, whichever processes write there, so that several servers on one
store say the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Final

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from voicegateway.core.schema import GatewayConfig
from voicegateway.storage.queries import Leg, Reader
from voicegateway.storage.reads.counters import Counters, counters
from voicegateway.storage.reads.histograms import BOUNDS_MS, Histogram, Histograms
from voicegateway.storage.reads.spending import Spending

__all__ = ["LedgerCollector"]

_LEG: Final = ("provider", "model", "modality")
_BUDGET: Final = ("project", "period")
_NANO: Final = 1_000_000_000
_BOUNDS: Final = (*(f"{bound / 1000}" for bound in BOUNDS_MS), "+Inf")


class LedgerCollector(Collector):
    """`reading` lends a reader; `config` is asked for budgets each time, since they change."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Reader]],
        config: Callable[[], GatewayConfig],
    ) -> None:
        self._reading = reading
        self._config = config
        self._known = Histograms()
        self._lock = threading.Lock()

    def collect(self) -> Iterable[Metric]:
        """Raises `LedgerError`."""
        with self._lock, self._reading() as reader:
            found = counters(reader, self._known)
        yield from _requests(found)
        yield _histogram("ttfb", "Time to the first byte of an answer", found.ttfb)
        yield _histogram("duration", "Duration of a request", found.duration)
        yield CounterMetricFamily(
            "voicegw_ledger_lost", "Records that never reached the ledger", value=found.lost
        )
        yield GaugeMetricFamily(
            "voicegw_ledger_queue", "Records that wait to be written", value=found.queued
        )
        yield from _budgets(self._config(), found.spending)


def _requests(found: Counters) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "voicegw_requests", "Requests that have ended", labels=("project", *_LEG, "outcome")
    )
    cost = CounterMetricFamily(
        "voicegw_cost_usd", "What they cost, as far as that is known", labels=("project", *_LEG)
    )
    unpriced = CounterMetricFamily(
        "voicegw_unpriced_requests", "Those without a known cost", labels=("project", *_LEG)
    )
    sums: dict[tuple[str, ...], list[int]] = {}
    for one in found.counted:
        labels: tuple[str, ...] = (one.project, *_leg(one.leg))
        requests.add_metric((*labels, one.outcome), one.attempts)
        both = sums.setdefault(labels, [0, 0])
        both[0] += one.cost_nano
        both[1] += one.unpriced
    for labels, (nano, count) in sums.items():
        # The format knows nothing but floats; sums are made before.
        cost.add_metric(labels, nano / _NANO)
        unpriced.add_metric(labels, count)
    yield from (requests, cost, unpriced)


def _histogram(name: str, said: str, legs: Iterable[tuple[Leg, Histogram]]) -> Metric:
    family = HistogramMetricFamily(f"voicegw_request_{name}_seconds", said, labels=_LEG)
    for leg, one in legs:
        below, buckets = 0, []
        for bound, count in zip(_BOUNDS, one.counts, strict=True):
            below += count
            buckets.append((bound, float(below)))
        family.add_metric(_leg(leg), buckets, one.sum_ns / 1_000_000_000)
    return family


def _budgets(config: GatewayConfig, spent: dict[str, Spending]) -> Iterator[Metric]:
    """Of projects that have a budget."""
    spending = GaugeMetricFamily(
        "voicegw_budget_spent_usd", "Spent of a budget so far", labels=_BUDGET
    )
    limit = GaugeMetricFamily("voicegw_budget_limit_usd", "A budget", labels=_BUDGET)
    for project, section in sorted(config.projects.items()):
        used = spent.get(project, Spending())
        for period, budget, nano in (
            ("daily", section.daily_budget, used.day_nano),
            ("monthly", section.monthly_budget, used.month_nano),
        ):
            if budget is not None:
                spending.add_metric((project, period), nano / _NANO)
                limit.add_metric((project, period), float(budget))
    yield from (spending, limit)


def _leg(leg: Leg) -> tuple[str, str, str]:
    return leg.provider, leg.model, leg.modality.value
