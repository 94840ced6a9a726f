"""One of several processes that spend one budget, call by call, until it is gone for good.

    spend.py DATABASE TRACE CAP CALL SEED SECONDS [GO LONGEST]

Before each call it appends a line to TRACE: time, process, dollars. Calls last up to LONGEST (0.01)
seconds and some are in flight at once. It begins when there is a file GO, if one is named, and
stops when SECONDS are over, cleanly.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

from voicegateway.errors import BudgetExceededError
from voicegateway.middleware.budget_enforcer import BudgetEnforcer, BudgetPolicy
from voicegateway.middleware.call import Call, Leg, Scope
from voicegateway.middleware.estimates import Estimator
from voicegateway.middleware.identity import upcoming
from voicegateway.storage.budgets import Caps
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import AttemptClosed, AttemptOpened, new_call_id
from voicegateway.types import Modality, PriceQuote

LEG = Leg("p", "m", Modality.TTS)


def new_call() -> Call:
    return Call(new_call_id(), LEG, Scope("shop"), "batch", None, 5.0)


def make_call(ledger, enforcer, trace, dollars, longest) -> bool:
    call = new_call()
    try:
        enforcer.admit(call)
    except BudgetExceededError:
        return False
    attempt = upcoming(call, 1)
    os.write(trace, f"{time.time()} {os.getpid()} {dollars}\n".encode())
    ledger.append(AttemptOpened(attempt, call.held_nano))
    time.sleep(random.uniform(0, longest))
    quote = PriceQuote(Decimal(dollars))
    ledger.append(
        AttemptClosed(attempt, "completed", {}, "measured", "unverifiable", quote, None, 1.0)
    )
    return True


def main() -> None:
    database, trace_path, cap, dollars, seed, seconds = sys.argv[1:7]
    go, longest = (*sys.argv[7:], None, None)[:2]
    random.seed(int(seed))
    trace = os.open(trace_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    ledger = open_ledger(database, engine_factory=_engine(database))
    policy = BudgetPolicy("shop", Caps(daily_nano=int(Decimal(cap) * 10**9)), "block", "bound")
    price = PriceQuote(Decimal(dollars))
    estimator = Estimator(lambda call, usage: price)
    enforcer = BudgetEnforcer(ledger, {"shop": policy}.get, estimator, upcoming)
    ledger.start()
    while go is not None and not Path(go).exists():
        time.sleep(0.001)
    until = time.monotonic() + float(seconds)

    def spend() -> None:
        while time.monotonic() < until:
            if not make_call(ledger, enforcer, trace, dollars, float(longest or 0.01)):
                time.sleep(random.uniform(0.05, 0.3))

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    lost = ledger.stats().lost
    sys.exit(f"{lost} records were lost" if lost else 0)


def _engine(database: str):
    if "://" not in database:
        return None
    from voicegw_postgres.engine import postgres_engine

    return postgres_engine


if __name__ == "__main__":
    main()
