"""What a call leaves in the ledger: one row an attempt, with its units, times and price."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import ClassVar

import pytest

from voicegateway.testing.bench import AttemptRow, PluginBench
from voicegateway.testing.cloud import LoopbackCloud
from voicegateway.testing.providers.calls import Calls
from voicegateway.testing.providers.quotes import check_quote, used
from voicegateway.testing.providers.subject import conn
from voicegateway.types import Modality, Unit

__all__ = ["MeteringTests"]

_CUT_OFF = {
    Modality.STT: {"completed"},  # closing a stream is how it ends: everything pushed was heard
    Modality.LLM: {"cancelled", "completed"},  # a short answer may be there at once
    Modality.TTS: {"cancelled", "completed"},
}
_NEARLY: dict[Unit, Decimal] = {Unit.AUDIO_SECONDS: Decimal("0.3")}
"""By how much the units of the same call may differ."""


class MeteringTests(Calls):
    known_verdicts: ClassVar[set[str]] = {
        "confirmed",
        "usage_missing",
        "cancelled_partial",
        "duplicate",
        "unverifiable",
    }

    def check_units(self, row: AttemptRow, size: int = 1) -> None:
        """What is true of the units of every completed call of this modality."""
        raise NotImplementedError

    async def called(
        self, bench: PluginBench, cloud: LoopbackCloud | None, size: int = 1
    ) -> AttemptRow:
        """The row of one completed call."""
        before = len(await bench.rows())
        async with self.made(cloud) as target:
            await self.complete(target, conn(), size)
        return self.one((await bench.rows())[before:])

    async def test_a_completed_call_is_one_row_with_its_units(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        row = await self.called(installed, cloud)
        assert (row.outcome, row.attempt, row.error) == ("completed", 1, None)
        assert (row.provider, row.model) == (self.provider, self.model)
        assert used(row.units), "the row has no units: nothing would be billed"
        self.check_units(row)

    async def test_twice_as_much_is_not_counted_as_the_same(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        self.check_units(await self.called(installed, cloud, size=2), size=2)

    async def test_the_verdict_on_a_clean_call_is_no_mismatch(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        row = await self.called(installed, cloud)
        assert row.verdict in self.known_verdicts, (
            f"the verdict on a clean call is {row.verdict}: the vendor's count, as the plugin "
            f"reads it, and the meter's differ ({dict(row.units)})"
        )

    async def test_the_first_output_comes_before_the_end(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        row = await self.called(installed, cloud)
        assert row.duration_ms > 0
        if self.modality is not Modality.STT:
            assert row.ttfb_ms is not None, "a completed call has no time to first byte"
        if row.ttfb_ms is not None:
            assert 0 <= row.ttfb_ms <= row.duration_ms

    async def test_the_price_of_a_call_is_known_or_honestly_unknown(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        row = await self.called(installed, cloud)
        free = self.loaded(installed).provider_info().local
        check_quote(row.quote, row.units, free=free)

    async def test_calls_one_after_the_other_are_rows_of_their_own(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        async with self.made(cloud) as target:
            for _ in range(2):
                await self.complete(target, conn())
        rows = await installed.rows()
        assert len({row.call_id for row in rows}) == len(rows) == 2
        for row in rows:
            self.check_units(row)

    async def test_two_calls_at_once_do_not_mix(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        alone = [await self.called(installed, cloud, size) for size in (1, 2)]
        async with self.made(cloud) as target:
            await asyncio.gather(*(self.complete(target, conn(), size) for size in (1, 2)))
        together = (await installed.rows())[2:]
        assert len({row.call_id for row in together}) == len(together) == 2
        if cloud is not None:  # else the model may answer anew each time
            self.check_alike(alone, together)

    async def test_a_call_cut_off_midway_is_one_row_with_what_was_used(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        if self.modality is Modality.STT and not self.streaming:
            pytest.skip("recognize() is one request: there is no middle")
        async with self.made(cloud) as target, self.begun(target) as stream:
            await self.glance(stream)
        row = self.one(await installed.rows())
        assert row.outcome in _CUT_OFF[self.modality]
        assert used(row.units), (
            "a call that was cut off has no units: the vendor bills it all the same"
        )

    async def test_a_call_closed_before_it_began_costs_nothing(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        if self.modality is Modality.STT:
            pytest.skip("a stream of speech-to-text is closed to end it")
        async with self.made(cloud) as target:
            await self.begin(target, conn()).aclose()
        row = self.one(await installed.rows())
        assert row.outcome == "cancelled"
        assert not row.quote.amount_usd, f"nothing was sent, and it is billed: {row.quote}"

    async def test_a_stream_can_be_closed_twice(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        if self.modality is Modality.STT and not self.streaming:
            pytest.skip("recognize() has no stream")
        async with self.made(cloud) as target:
            stream = self.begin(target, conn())
            await self.glance(stream)
            for _ in range(2):
                await stream.aclose()
        self.one(await installed.rows())

    def check_alike(self, alone: list[AttemptRow], together: list[AttemptRow]) -> None:
        expected, found = sorted(map(_measure, alone)), sorted(map(_measure, together))
        for one, other in zip(expected, found, strict=True):
            names = [name for name, _ in one]
            assert names == [name for name, _ in other], "other units than of one call alone"
            for (name, amount), (_, seen) in zip(one, other, strict=True):
                assert abs(amount - seen) <= _NEARLY.get(name, Decimal(0)), (
                    f"two calls at once counted {seen} {name}, one alone {amount}: do they share "
                    "a counter?"
                )


def _measure(row: AttemptRow) -> list[tuple[Unit, Decimal]]:
    return sorted(MeteringTests.steady(row).items())
