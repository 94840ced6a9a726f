"""What a call leaves when the vendor's cloud fails."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from livekit.agents import APIConnectOptions, APIError

from voicegateway.testing.bench import AttemptRow, PluginBench
from voicegateway.testing.cloud import Fault, LoopbackCloud
from voicegateway.testing.providers.metering import MeteringTests
from voicegateway.testing.providers.quotes import check_quote, used
from voicegateway.testing.providers.subject import conn
from voicegateway.types import Modality

__all__ = ["FaultTests"]

_HANG_TIMEOUT = 0.5
"""Seconds, for the vendor's client; and how long a test looks at one that does not give up."""


class FaultTests(MeteringTests):
    """Each is skipped where there is no `cloud`."""

    async def fails(self, target: object, options: APIConnectOptions) -> APIError:
        """The error of a call that must fail, and be one of LiveKit's."""
        try:
            await self.complete(target, options)
        except APIError as error:
            return error
        except Exception as error:  # noqa: BLE001 - this is what is being asked
            pytest.fail(
                f"the call fails with {type(error).__module__}.{type(error).__name__}: LiveKit "
                "retries and falls back only on its own APIStatusError, APIConnectionError and "
                "APITimeoutError"
            )
        pytest.fail("the vendor's cloud fails, and the call completes")

    def check_failed(self, row: AttemptRow, error: APIError) -> None:
        assert row.outcome == "failed", f"the call raised and its row is {row.outcome}"
        assert row.error is not None
        assert type(error).__name__ in row.error
        assert row.verdict != "confirmed" or row.basis == "reported", (
            "nothing was reported, and the verdict is confirmed"
        )
        check_quote(row.quote, row.units, free=True)

    async def refused_with(
        self, bench: PluginBench, cloud: LoopbackCloud | None, fault: Fault
    ) -> APIError:
        self.suffers(cloud, fault)
        async with self.made(cloud) as target:
            error = await self.fails(target, conn())
        self.check_failed(self.one(await bench.rows()), error)
        return error

    async def test_a_refused_key_is_a_failed_row(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        await self.refused_with(installed, cloud, Fault.WRONG_KEY)

    async def test_a_server_error_is_a_failed_row(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        await self.refused_with(installed, cloud, Fault.SERVER_ERROR)

    async def test_a_rate_limit_is_a_failed_row(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        await self.refused_with(installed, cloud, Fault.RATE_LIMITED)

    async def test_a_retry_is_a_row_of_its_own(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        self.suffers(cloud, Fault.SERVER_ERROR, times=1)
        async with self.made(cloud) as target:
            await self.complete(target, conn(retries=1))
        rows = await installed.rows()
        assert [(row.attempt, row.outcome) for row in rows] == [(1, "failed"), (2, "completed")], (
            "a failure and its retry are two rows of one call: does the vendor's client try again "
            "by itself? Set its own retries to 0"
        )
        assert len({row.call_id for row in rows}) == 1
        self.check_units(rows[1])

    async def test_every_failed_attempt_is_a_row(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        self.suffers(cloud, Fault.SERVER_ERROR)
        async with self.made(cloud) as target:
            await self.fails(target, conn(retries=2))
        rows = await installed.rows()
        assert [(row.attempt, row.outcome) for row in rows] == [
            (1, "failed"),
            (2, "failed"),
            (3, "failed"),
        ], "a failed attempt and each of its retries are rows: are its errors `retryable`?"

    async def test_an_object_works_again_after_a_failure(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        self.suffers(cloud, Fault.SERVER_ERROR, times=1)
        async with self.made(cloud) as target:
            await self.fails(target, conn())
            await self.complete(target, conn())
        rows = await installed.rows()
        assert [row.outcome for row in rows] == ["failed", "completed"]
        self.check_units(rows[1])

    async def test_a_connection_that_breaks_midway_is_a_failed_row_with_what_was_used(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        self.suffers(cloud, Fault.CLOSE_MID_STREAM)
        async with self.made(cloud) as target:
            if self.drop_is_failure:
                error = await self.fails(target, conn())
                row = self.one(await installed.rows())
                self.check_failed(row, error)
            else:
                await self.complete(target, conn())
                row = self.one(await installed.rows())
        assert used(row.units), "the vendor was sent input and answered in part: the row says 0"

    async def test_a_silent_vendor_leaves_no_row_without_an_end(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        self.suffers(cloud, Fault.HANG)
        async with self.made(cloud) as target:
            if self.gives_up:
                error = await self.fails(target, conn(timeout=_HANG_TIMEOUT))
                self.check_failed(self.one(await installed.rows()), error)
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_HANG_TIMEOUT):
                    await self.complete(target, conn(timeout=_HANG_TIMEOUT))
        row = self.one(await installed.rows())
        assert used(row.units)

    async def test_a_call_cut_off_before_its_first_output_is_one_row(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        if self.modality is Modality.STT:
            pytest.skip("what a stream of speech-to-text heard is billed whether it answers or not")
        self.suffers(cloud, Fault.HANG)
        async with self.made(cloud) as target, self.begun(target) as stream:
            await self.glance(stream)
        row = self.one(await installed.rows())
        assert row.outcome == "cancelled"
        assert row.basis != "reported", "the vendor said nothing, and the row says it reported"
        assert row.verdict != "confirmed", "the vendor said nothing, and the verdict is confirmed"

    async def test_without_the_vendors_counters_our_own_count_is_used(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        self.suffers(cloud, Fault.NO_USAGE)
        row = await self.called(installed, cloud)
        assert row.basis in {"measured", "estimated"}, (
            f"the vendor sent no counters, and the row says {row.basis}"
        )
        assert row.verdict not in {"confirmed", "mismatch", "duplicate"}, (
            f"the vendor sent no counters, and the verdict is {row.verdict}: say usage_missing or "
            "unverifiable"
        )
        assert used(row.units), "without the vendor's counters the row has no units at all"
        assert row.quote.confidence != "exact" or not row.quote.amount_usd, (
            "nothing was reported, and the price is called exact"
        )

    async def test_counters_that_come_twice_count_once(
        self, installed: PluginBench, cloud: LoopbackCloud | None
    ) -> None:
        self.needs_cloud(cloud)
        once = await self.called(installed, cloud)
        self.suffers(cloud, Fault.USAGE_TWICE)
        self.check_alike([once], [await self.called(installed, cloud)])

    @property
    def gives_up(self) -> bool:
        if self.times_out is None:
            return self.modality is not Modality.STT or not self.streaming
        return self.times_out
