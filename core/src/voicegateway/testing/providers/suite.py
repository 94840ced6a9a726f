"""The suites, one a modality."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pytest

from voicegateway.testing.bench import AttemptRow, PluginBench
from voicegateway.testing.cloud import LoopbackCloud
from voicegateway.testing.providers.calls import LLMCalls, STTCalls, TTSCalls
from voicegateway.testing.providers.cloud import CloudTests
from voicegateway.testing.providers.construction import ConstructionTests
from voicegateway.testing.providers.contract import ContractTests
from voicegateway.testing.providers.faults import FaultTests
from voicegateway.testing.providers.importing import ImportingTests
from voicegateway.testing.providers.judging import JudgingTests
from voicegateway.testing.providers.pricing import PricingConformance
from voicegateway.testing.providers.secrecy import SecrecyTests
from voicegateway.testing.providers.subject import conn
from voicegateway.types import Unit

__all__ = ["LLMConformance", "PricingConformance", "STTConformance", "TTSConformance"]

_INPUT_TOKENS: Final = {unit for unit in Unit if "tokens" in unit and "output" not in unit}


class _Conformance(
    ImportingTests,
    ContractTests,
    ConstructionTests,
    CloudTests,
    FaultTests,
    SecrecyTests,
    JudgingTests,
):
    """What holds for every modality."""


class LLMConformance(LLMCalls, _Conformance):
    """Subclass it, describe the plugin (see `subject.Subject`), and let pytest collect it."""

    def check_units(self, row: AttemptRow, size: int = 1) -> None:  # noqa: ARG002 - not ours to count
        assert row.units.get(Unit.OUTPUT_TOKENS, 0) > 0, "the row has no output tokens"
        assert any(row.units.get(unit, 0) > 0 for unit in _INPUT_TOKENS), (
            "the row has no input tokens"
        )


class TTSConformance(TTSCalls, _Conformance):
    """Subclass it, describe the plugin (see `subject.Subject`), and let pytest collect it."""

    def check_units(self, row: AttemptRow, size: int = 1) -> None:
        said = len(self.spoken(size))
        counted = row.units.get(Unit.CHARACTERS)
        if counted is not None and row.basis == "measured":
            assert counted == said, f"{said} characters were sent, and the row has {counted}"
        elif counted is not None:
            assert Decimal("0.5") < counted / said < Decimal("1.5"), (
                f"{said} characters were sent, and the row has {counted}"
            )

    async def test_synthesize_is_one_row_that_counts_once(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        """LiveKit makes it of a stream where a vendor has nothing else, and counts twice."""
        if not self.batch:
            pytest.skip("the suite says batch = False")
        async with self.made(cloud) as target:
            await self.read_out(target.synthesize(self.text, conn_options=conn()))
        row = self.one(await installed.rows())
        assert row.outcome == "completed"
        self.check_units(row)


class STTConformance(STTCalls, _Conformance):
    """Subclass it, describe the plugin (see `subject.Subject`), and let pytest collect it."""

    def check_units(self, row: AttemptRow, size: int = 1) -> None:
        sent = Decimal(str(self.audio_seconds)) * size
        heard = row.units.get(Unit.AUDIO_SECONDS)
        if heard is not None:
            assert abs(heard - sent) <= max(Decimal("0.5"), sent / 4), (
                f"{sent} s of audio were sent, and the row has {heard} s"
            )

    async def test_recognize_is_one_row_with_its_units(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        if not self.batch:
            pytest.skip("the suite says batch = False: the provider has streams alone")
        async with self.made(cloud) as target:
            await self.recognize(target, conn())
        row = self.one(await installed.rows())
        assert row.outcome == "completed"
        self.check_units(row)
