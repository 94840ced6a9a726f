"""Forks and database connections do not mix: a child that inherits an open SQLite file shares
its lock bookkeeping with the parent and can corrupt it, even through a connection of its own.
So whatever holds a connection closes it before a fork, and opens another when next needed.
"""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet

__all__ = ["HoldsConnection", "watch"]


class HoldsConnection(Protocol):
    def before_fork(self) -> None:
        """Closes the connection and keeps it closed until one of the next two is called."""

    def after_fork_in_parent(self) -> None: ...

    def after_fork_in_child(self) -> None: ...


_watched: WeakSet[HoldsConnection] = WeakSet()
_held: list[HoldsConnection] = []


def watch(holder: HoldsConnection) -> None:
    """Has the holder told of forks for as long as it lives."""
    _watched.add(holder)


def _before() -> None:
    _held[:] = list(_watched)
    for holder in _held:
        holder.before_fork()


def _in_parent() -> None:
    for holder in _held:
        holder.after_fork_in_parent()
    _held.clear()


def _in_child() -> None:
    for holder in _held:
        holder.after_fork_in_child()
    _held.clear()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
