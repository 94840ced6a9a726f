"""What a plugin notes of its vendor's counters reaches `validate_stream` and the price's terms."""

from __future__ import annotations

import asyncio

import pytest

from voicegateway.authoring import current_attempt, declare_terms
from voicegateway.middleware.call import Leg, Scope
from voicegateway.middleware.cost_tracker import CostTracker
from voicegateway.middleware.instrumented_provider import meter
from voicegateway.testing import FakeLLM, FakeTTS, MemoryLedger, drain, prompt, retries
from voicegateway.types import Modality, StreamVerdict


class Listening:
    """A pricer that keeps the reports it is shown."""

    def __init__(self) -> None:
        self.reports = []
        self.terms = []

    def validate_stream(self, report):
        self.reports.append(report)
        return StreamVerdict(report.measured, "unverifiable")

    def price_usage(self, model, modality, usage, terms):
        self.terms.append(terms)


class NotingLLM(FakeLLM):
    """Notes from inside its attempt, and from a task that was made in there."""

    def chat(self, **arguments):
        stream = super().chat(**arguments)
        run = stream._run

        async def noting():
            current_attempt().note(service_tier="priority", request=self.calls + 1)
            current_attempt().note(addons=["names"], channels=2, request_id="req_7")

            async def receive():
                current_attempt().add(pieces=2)
                current_attempt().add(pieces=3)

            await asyncio.create_task(receive())
            await run()

        stream._run = noting
        return stream


@pytest.fixture
def listening():
    return Listening()


def metered(target, modality, listening):
    ledger = MemoryLedger()
    tracker = CostTracker(ledger, lambda _: listening, lambda *_: None)
    leg = Leg("acme", "m", modality)
    meter(target, leg, tracker, lambda _: Scope("p"), lambda _: None)
    return ledger


async def test_each_attempt_has_its_own_counters(listening):
    llm = NotingLLM(fails=1, fail_after=1)
    ledger = metered(llm, Modality.LLM, listening)
    await drain(llm.chat(chat_ctx=prompt("hi"), conn_options=retries(1)))
    assert len(ledger.closed) == 2
    assert [r.vendor["request"] for r in listening.reports] == [1, 2]
    assert [r.vendor["pieces"] for r in listening.reports] == [5, 5]
    assert {r.terms.service_tier for r in listening.reports} == {"priority"}
    assert {(r.terms.addons, r.terms.channels) for r in listening.reports} == {
        (frozenset({"names"}), 2)
    }
    assert {row.vendor_request_id for row in ledger.closed} == {"req_7"}


async def test_declared_terms_reach_the_price(listening):
    tts = FakeTTS(streaming=False)
    declare_terms(tts, plan="growth", addons=["names"])
    ledger = metered(tts, Modality.TTS, listening)
    await drain(tts.synthesize("hello"))
    declare_terms(tts, mode="realtime", channels=2)
    await drain(tts.synthesize("hello"))
    assert len(ledger.closed) == 2
    first, second = (r.terms for r in listening.reports)
    assert (first.plan, first.addons, first.mode) == ("growth", frozenset({"names"}), "batch")
    assert (second.plan, second.mode, second.channels) == ("growth", "realtime", 2)


def test_outside_an_attempt_it_counts_for_nobody():
    current_attempt().note(anything=1)
    assert current_attempt().facts == {}
