"""A token bucket that processes share, as one number: when it will be full again.

A limit of R requests a minute lets b through at once, one second's worth, and is refilled such that
no 60 seconds ever see more than R. A request may be made up to a second after the bucket gave its
permit, so it is 61 seconds of the bucket's in which no more than R are given. Every function runs
inside a writing transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from voicegateway.storage.engine import Connection

__all__ = [
    "LATE_US",
    "PERMIT_US",
    "count_streams",
    "forget_process",
    "give",
    "open_streams",
    "stream_ended",
    "stream_opened",
]

PERMIT_US: Final = 250_000
"""How long a permit that was drawn ahead of need may be used."""
LATE_US: Final = 1_000_000
"""How long after the bucket gave it any request is made at most."""
_MINUTE_US: Final = 60_000_000
_READ: Final = "SELECT tat_us FROM rate_buckets WHERE scope = ?"
_TURN: Final = (
    "INSERT INTO rate_buckets (scope, tat_us) VALUES (?, 0) "
    "ON CONFLICT (scope) DO UPDATE SET tat_us = rate_buckets.tat_us"
)
_SET: Final = "UPDATE rate_buckets SET tat_us = ? WHERE scope = ?"
_STREAMS: Final = (
    "SELECT CAST(COALESCE(SUM(streams), 0) AS BIGINT) FROM rate_streams WHERE scope = ?"
)
_MORE: Final = (
    "INSERT INTO rate_streams (scope, process_id, streams) VALUES (?, ?, 1) "
    "ON CONFLICT (scope, process_id) DO UPDATE SET streams = rate_streams.streams + 1"
)
_FEWER: Final = (
    "UPDATE rate_streams SET streams = streams - ? "
    "WHERE scope = ? AND process_id = ? AND streams >= ?"
)
_COUNT: Final = "INSERT INTO rate_streams (scope, process_id, streams) VALUES (?, ?, ?)"
_FORGET: Final = "DELETE FROM rate_streams WHERE process_id = ?"


def burst_of(per_minute: int) -> int:
    """Requests that may come at once: a second's worth."""
    return max(1, per_minute // 60)


def interval_us(per_minute: int) -> int:
    """Microseconds that one request is worth."""
    return -(-(_MINUTE_US + LATE_US) // (per_minute - burst_of(per_minute) + 1))


def give(connection: Connection, scope: str, per_minute: int, wanted: int) -> tuple[int, int]:
    """How many of `wanted` requests may be made now, and if none, in how many microseconds one
    may. The first call of whoever overlaps waits for the others'."""
    connection.change(_TURN, (scope,))
    now = connection.now_us()
    step, burst = interval_us(per_minute), burst_of(per_minute)
    # No later than full: if it is, then the clock or the limit has been set since.
    tat = min(max(int(connection.execute(_READ, (scope,))[0][0]), now), now + burst * step)
    room = (now + burst * step - tat) // step
    if room <= 0:
        return 0, tat - (now + (burst - 1) * step)
    given = min(wanted, room)
    connection.change(_SET, (tat + given * step, scope))
    return given, 0


def open_streams(connection: Connection, scope: str) -> int:
    connection.change(_TURN, (scope,))
    return int(connection.execute(_STREAMS, (scope,))[0][0])


def stream_opened(connection: Connection, scope: str, process_id: int) -> None:
    connection.change(_MORE, (scope, process_id))


def stream_ended(connection: Connection, process_id: int, ended: Mapping[str, int]) -> None:
    for scope, count in sorted(ended.items()):
        connection.change(_FEWER, (count, scope, process_id, count))


def count_streams(connection: Connection, process_id: int, counts: Mapping[str, int]) -> None:
    """So many streams a process has open, whatever was counted so far."""
    forget_process(connection, process_id)
    for scope, count in sorted(counts.items()):
        connection.change(_COUNT, (scope, process_id, count))


def forget_process(connection: Connection, process_id: int) -> None:
    """The process is dead, and its streams with it."""
    connection.change(_FORGET, (process_id,))
