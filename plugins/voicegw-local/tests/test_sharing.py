"""One engine for all who want the same."""

import asyncio
import threading

import pytest

from voicegw_local.sharing import Engines


class Engine:
    def __init__(self):
        self.alive = True
        self.closed = threading.Event()

    def close(self):
        self.alive = False
        self.closed.set()


@pytest.fixture
def engines():
    return Engines()


@pytest.fixture
def made():
    return []


@pytest.fixture
def load(made):
    def run():
        made.append(Engine())
        return made[-1]

    return run


async def test_equal_wishes_share_one(engines, made, load):
    one, two = engines.lease("a", load), engines.lease("a", load)
    other = engines.lease("b", load)
    assert await one.get() is await two.get()
    assert await other.get() is not await one.get()
    assert len(made) == 2


async def test_it_is_closed_by_its_last_user(engines, made, load):
    one, two = engines.lease("a", load), engines.lease("a", load)
    await one.get()
    one.release()
    one.release()  # no user's right but its own
    assert not made[0].closed.is_set()
    two.release()
    assert made[0].closed.is_set()


async def test_nothing_is_loaded_that_nobody_asked_for(engines, made, load):
    engines.lease("a", load).release()
    assert made == []


async def test_a_closed_one_is_no_use(engines, load):
    lease = engines.lease("a", load)
    lease.release()
    with pytest.raises(RuntimeError, match="has been closed"):
        await lease.get()


async def test_a_failure_reaches_everyone_and_is_tried_again(engines, load):
    attempts = []

    def sometimes():
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("no memory")
        return load()

    lease = engines.lease("a", sometimes)
    with pytest.raises(OSError, match="no memory"):
        await lease.get()
    assert (await lease.get()).alive


async def test_a_dead_one_is_loaded_again(engines, made, load):
    lease = engines.lease("a", load)
    first = await lease.get()
    first.alive = False
    assert await lease.get() is not first
    assert first.closed.is_set()


async def test_the_loop_goes_on_and_waiting_can_be_given_up(engines, made, load):
    gate = threading.Event()

    def slow():
        gate.wait(10)
        return load()

    lease = engines.lease("a", slow)
    waiting = asyncio.create_task(lease.get())
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.set()
    assert (await lease.get()).alive
    assert len(made) == 1


async def test_let_go_while_it_loads(engines, made, load):
    gate = threading.Event()

    def slow():
        gate.wait(10)
        return load()

    lease = engines.lease("a", slow)
    loading = lease.start()
    lease.release()
    gate.set()
    engine = loading.result(10)
    assert engine.closed.wait(10)


async def test_at_the_end_of_the_interpreter_all_are_closed(engines, made, load):
    lease = engines.lease("a", load)
    await lease.get()
    engines.close()
    assert made[0].closed.is_set()
    lease.release()
