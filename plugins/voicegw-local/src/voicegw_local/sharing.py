"""One loaded engine for all objects that want the same one, loaded off the event loop.

Loading takes from tenths of a second to many seconds, and a loaded model is what fills memory:
an agent handed over to another, or a second session in one process, shares it.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

__all__ = ["Closable", "Engines", "Lease"]


class Closable(Protocol):
    @property
    def alive(self) -> bool: ...
    def close(self) -> None: ...


_E = TypeVar("_E", bound=Closable)


@dataclass(slots=True)
class _Slot(Generic[_E]):
    users: int = 0
    loading: Future[_E] | None = None


class Engines(Generic[_E]):
    """The engines of one provider in this process, each closed when its last user lets go."""

    def __init__(self) -> None:
        atexit.register(self.close)
        self._lock = threading.Lock()
        self._slots: dict[Hashable, _Slot[_E]] = {}

    def lease(self, key: Hashable, load: Callable[[], _E]) -> Lease[_E]:
        """A right to the engine that `load` makes, under `key`. Loads nothing yet."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            slot.users += 1
        return Lease(self, key, load)

    def start(self, key: Hashable, load: Callable[[], _E]) -> Future[_E]:
        """Begin to load, once for all users; again if the last attempt failed."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            if slot.loading is not None:
                if not _spent(slot.loading):
                    return slot.loading
                _close(slot.loading)
            loading = slot.loading = Future()
            loading.set_running_or_notify_cancel()  # from here on nobody can cancel it
        threading.Thread(target=_load, args=(load, loading), name="voicegw-load").start()
        return loading

    def close(self) -> None:
        """Close them all, whoever uses them: the interpreter is about to end."""
        with self._lock:
            slots, self._slots = self._slots, {}
        for slot in slots.values():
            if slot.loading is not None:
                _close(slot.loading)

    def release(self, key: Hashable) -> None:
        with self._lock:
            slot = self._slots.get(key)
            if slot is None:  # closed with all the others
                return
            slot.users -= 1
            if slot.users:
                return
            del self._slots[key]
        if slot.loading is not None:  # closed where it was loaded, if it is not there yet
            slot.loading.add_done_callback(_close)


class Lease(Generic[_E]):
    """One user's right to a shared engine."""

    def __init__(self, engines: Engines[_E], key: Hashable, load: Callable[[], _E]) -> None:
        self._engines = engines
        self._key = key
        self._load = load
        self._lock = threading.Lock()
        self._released = False

    def start(self) -> Future[_E]:
        """Begin to load in a thread, if nobody has. Raises `RuntimeError` after `release`."""
        with self._lock:
            if self._released:
                raise RuntimeError("it has been closed")
            return self._engines.start(self._key, self._load)

    async def get(self) -> _E:
        """The engine, loaded. The loop goes on meanwhile, and cancelling this stops no load that
        others wait for."""
        return await asyncio.shield(asyncio.wrap_future(self.start()))

    def release(self) -> None:
        """Let go. Does nothing the second time."""
        with self._lock:
            if self._released:
                return
            self._released = True
        self._engines.release(self._key)


def _spent(loading: Future[_E]) -> bool:
    """It failed, or what it loaded has died since."""
    return loading.done() and (loading.exception() is not None or not loading.result().alive)


def _load(load: Callable[[], _E], loading: Future[_E]) -> None:
    try:
        engine = load()
    except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
        loading.set_exception(error)
    else:
        loading.set_result(engine)


def _close(loading: Future[_E]) -> None:
    if loading.exception() is None:
        loading.result().close()
