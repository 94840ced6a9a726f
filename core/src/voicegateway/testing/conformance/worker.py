"""`python -m voicegateway.testing.conformance.worker`: one of the processes of a test. Reads its
orders, one JSON a line, and answers in the same way."""

from __future__ import annotations

import importlib
import json
import operator
import sys
from typing import Any

from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.testing.conformance import records as made

__all__ = ["main"]


def main() -> None:
    orders = _hear()
    ledger = open_ledger(orders["target"], engine_factory=_factory(orders["factory"]))
    _TASKS[orders["task"]](ledger, orders)


def _write(ledger: Ledger, orders: dict[str, Any]) -> None:
    """Writes attempts made from seeds, each once it is told to begin."""
    _say("ready")
    _hear()
    for seed, count in orders["seeds"]:
        ended = made.many(count, seed=seed, start_us=orders["start_us"])
        for opening, record in zip(made.opened(ended), ended, strict=True):
            ledger.append(opening)
            ledger.append(record)
    durable = ledger.flush(60)
    _say([durable, ledger.stats().lost])
    ledger.close()


def _leave_open(ledger: Ledger, orders: dict[str, Any]) -> None:
    """Opens attempts, says when they are durable, and waits to be killed."""
    for record in made.opened(made.many(orders["count"], seed=orders["seed"])):
        ledger.append(record)
    _say(ledger.flush(60))
    _hear()


def _reap(ledger: Ledger, _orders: dict[str, Any]) -> None:
    """Looks after the dead until it is told to end."""
    ledger.start()
    _say("ready")
    _hear()
    ledger.close()


_TASKS = {"write": _write, "leave_open": _leave_open, "reap": _reap}


def _factory(named: str | None) -> Any:
    if named is None:
        return None
    module, _, name = named.partition(":")
    return operator.attrgetter(name)(importlib.import_module(module))


def _hear() -> Any:
    return json.loads(sys.stdin.readline() or "null")


def _say(message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
