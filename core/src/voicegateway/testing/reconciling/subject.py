"""What a suite is told about a vendor's exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from voicegateway.core.provider import Provider, load_plugin
from voicegateway.testing.reconciling.calls import DAY, Call, Leg, month
from voicegateway.testing.reconciling.faults import (
    Fault,
    faults_of_cost,
    faults_of_names,
    faults_of_use,
)
from voicegateway.testing.reconciling.ledger import write_ledger
from voicegateway.types import Unit

__all__ = ["Agreeing", "ReconcileSubject"]


@dataclass(frozen=True, slots=True)
class Agreeing:
    """A ledger and an export of the same calls."""

    provider: Provider
    calls: list[Call]
    ledger: Path
    files: list[Path]


class ReconcileSubject:
    """Describe the vendor with these attributes, and write its files in `export`."""

    provider: ClassVar[str]
    """The entry point's name."""
    plugin: ClassVar[object]
    """The module or object with the hook implementations."""
    legs: ClassVar[Sequence[Leg]]
    """What the month is made of."""
    rows: ClassVar[Mapping[str, AbstractSet[Unit | None]]]
    """The rows of a month that agrees: by model, the units. None: a row of the whole cost. `*` as
    the model: the vendor names none."""
    only_counted: ClassVar[AbstractSet[Unit]] = frozenset()
    """Units in the rows that the vendor tells and neither charges for nor the ledger has."""
    uncharged: ClassVar[AbstractSet[Unit]] = frozenset()
    """Units in the rows that both sides count and nobody charges for."""
    costs: ClassVar[bool] = True
    """Whether the export names dollars."""
    costs_by_unit: ClassVar[bool] = True
    """Whether it does so unit by unit."""
    hourly: ClassVar[bool] = False
    """Whether `export` can write buckets of an hour."""

    def export(self, calls: list[Call], folder: Path, width: timedelta = DAY) -> list[Path]:
        """Writes what the vendor would answer for these calls, in buckets of `width`, days of UTC
        if nothing else: all its reports, rounded as the vendor does."""
        raise NotImplementedError

    def row_model(self, call: Call) -> str:
        """The model of the rows that a call is in."""
        return "*" if "*" in self.rows else call.model

    def faults(self) -> list[Fault]:
        """Those that any vendor's export shows; add to them what only this one's does."""
        return [fault for model in self.rows for fault in self._faults(model)]

    def _faults(self, model: str) -> Iterator[Fault]:
        yield from faults_of_use(model)
        if model != "*":
            yield from faults_of_names(model)
        if self.costs:
            units = {unit for unit in self.rows[model] if unit is not None} - self.only_counted
            charged = frozenset(units - self.uncharged)
            for fault in faults_of_cost(model, charged if self.costs_by_unit else frozenset()):
                yield replace(fault, units=fault.units or charged) if self.uncharged else fault

    @pytest.fixture(scope="class")
    @classmethod
    def agreeing(cls, tmp_path_factory: pytest.TempPathFactory) -> Agreeing:
        """Written once: no test changes it."""
        folder = tmp_path_factory.mktemp("agreeing")
        manager = load_plugin(cls.provider, cls.plugin)
        provider = Provider(cls.provider, f"voicegw-{cls.provider}", "0.0.0", manager)
        calls = month(provider, cls.legs)
        ledger = write_ledger(folder / "ledger.db", cls.provider, calls, calls[0])
        return Agreeing(provider, calls, ledger, cls().export(calls, folder))
