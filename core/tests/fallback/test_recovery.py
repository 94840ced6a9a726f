"""Cooldown and half-open, on a clock that the tests move."""

from __future__ import annotations

import pytest

from voicegateway.middleware.fallback.recovery import Cooldown, Recovery


@pytest.fixture
def changes():
    return []


@pytest.fixture
def recovery(clock, changes):
    cooldown = Cooldown(clock=clock, chance=lambda: 0.0)
    return Recovery(2, cooldown, changes.append)


def first(recovery):
    trial = recovery.round().next()
    assert trial is not None
    return trial


def fail_first(recovery):
    trial = first(recovery)
    trial.failed()
    return trial.index


def test_the_first_model_is_asked_while_it_is_well(recovery):
    for _ in range(3):
        trial = first(recovery)
        assert trial.index == 0
        trial.succeeded()
    assert recovery.next_index() == 0


def test_a_failed_model_is_left_alone_until_it_has_cooled_down(recovery, clock, changes):
    assert fail_first(recovery) == 0
    assert first(recovery).index == 1
    clock.now += 4.9
    assert first(recovery).index == 1
    clock.now += 0.2
    assert first(recovery).index == 0
    assert changes == [0]


def test_one_request_at_a_time_tries_it_again(recovery, clock, changes):
    fail_first(recovery)
    clock.now += 5
    again = first(recovery)
    assert again.index == 0
    assert first(recovery).index == 1
    again.succeeded()
    assert first(recovery).index == 0
    assert not recovery.is_down(0)
    assert changes == [0, 0]


def test_a_try_that_is_cancelled_says_nothing(recovery, clock):
    fail_first(recovery)
    clock.now += 5
    with first(recovery) as again:
        assert again.index == 0
    assert first(recovery).index == 0
    assert recovery.is_down(0)


def test_the_cooldown_doubles_up_to_a_minute_and_success_resets_it(recovery, clock):
    waits = []
    for _ in range(6):
        assert fail_first(recovery) == 0
        began = clock.now
        while recovery.next_index() != 0:
            clock.now += 1
        waits.append(clock.now - began)
    assert waits == [5, 10, 20, 40, 60, 60]
    first(recovery).succeeded()
    fail_first(recovery)
    clock.now += 5
    assert recovery.next_index() == 0


def test_requests_that_fail_together_count_once(recovery, clock):
    together = [first(recovery) for _ in range(10)]
    clock.now += 1
    for trial in together:
        assert trial.index == 0
        trial.failed()
    clock.now += 5
    assert first(recovery).index == 0


def test_chance_only_shortens_the_cooldown():
    longest, shortest = Cooldown(chance=lambda: 0.0), Cooldown(chance=lambda: 1.0)
    assert [longest.after(n) for n in (1, 2, 3, 9)] == [5, 10, 20, 60]
    assert [shortest.after(n) for n in (1, 2, 3, 9)] == [4, 8, 16, 48]
    assert longest.after(10_000) == 60


def test_when_all_cool_down_each_is_still_asked_once_the_coolest_first(recovery, clock):
    way = recovery.round()
    for _ in range(2):
        trial = way.next()
        trial.failed()
        clock.now += 1
    way = recovery.round()
    order = []
    while (trial := way.next()) is not None:
        order.append(trial.index)
        trial.failed()
    assert order == [0, 1]
    assert way.exhausted
    clock.now += 60
    first(recovery).succeeded()
    assert first(recovery).index == 0


def test_probing_keeps_real_requests_away_until_a_probe_has_answered(clock, changes):
    cooldown = Cooldown(clock=clock, chance=lambda: 0.0)
    recovery = Recovery(2, cooldown, changes.append, probing=True)
    fail_first(recovery)
    assert recovery.probes() == []
    clock.now += 5
    assert first(recovery).index == 1
    (probe,) = recovery.probes()
    assert recovery.probes() == []  # one at a time
    probe.succeeded()
    assert first(recovery).index == 0


def test_without_probing_nothing_is_ever_probed(recovery, clock):
    fail_first(recovery)
    clock.now += 100
    assert recovery.probes() == []
