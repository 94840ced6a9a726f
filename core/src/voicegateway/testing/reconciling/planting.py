"""Plants the faults, and looks at what `voicegw reconcile` makes of each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicegateway.testing.reconciling.faults import Change, Fault
from voicegateway.testing.reconciling.ledger import Answer, reconciled, write_ledger
from voicegateway.testing.reconciling.subject import Agreeing, ReconcileSubject

if TYPE_CHECKING:
    import pytest

    from voicegateway.testing.reconciling.calls import Call

__all__ = ["PlantingTests"]

_FEWEST = 10


class PlantingTests(ReconcileSubject):
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "fault" in metafunc.fixturenames:
            metafunc.parametrize("fault", self.faults(), ids=str)

    def test_there_are_enough_faults(self) -> None:
        names = [str(fault) for fault in self.faults()]
        assert len(names) == len(set(names))
        assert len(names) >= _FEWEST

    def test_a_planted_fault_is_named(
        self, fault: Fault, agreeing: Agreeing, tmp_path: Path
    ) -> None:
        found = self._planted(fault, agreeing, tmp_path, "--json")
        assert found.code == (1 if fault.flagged else 0), found.err
        rows = [row for row in found.json["rows"] if row["unit"] not in self.only_counted]
        guilty = [row for row in rows if _is_of(fault, row)]
        assert {row["model"] for row in guilty} == set(fault.causes), rows
        for row in guilty:
            assert (row["cause"], row["flagged"]) == (
                fault.causes[row["model"]],
                fault.flagged,
            ), row
        assert not [row for row in rows if row["flagged"] and row not in guilty]
        if fault.says:
            shown = self._planted(fault, agreeing, tmp_path).out
            assert fault.says in shown, shown

    def _planted(self, fault: Fault, good: Agreeing, folder: Path, *options: str) -> Answer:
        """Only the side that has the fault is written anew."""
        changed = list(self._changed(good.calls, fault.model, fault.ledger))
        billed = list(self._changed(good.calls, fault.model, fault.vendor))
        ledger, files = good.ledger, good.files
        if changed != good.calls:
            ledger = folder / "ledger.db"
            if not ledger.exists():
                write_ledger(ledger, self.provider, changed, good.calls[0])
        if billed != good.calls:
            files = self.export(billed, folder)
        return reconciled(good.provider, ledger, files, *options)

    def _changed(self, calls: Iterable[Call], model: str, change: Change) -> Iterable[Call]:
        for call in calls:
            yield from change(call) if self.row_model(call) == model else (call,)


def _is_of(fault: Fault, row: dict[str, Any]) -> bool:
    return row["model"] in fault.causes and (not fault.units or row["unit"] in fault.units)
