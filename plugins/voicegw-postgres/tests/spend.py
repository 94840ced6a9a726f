"""One of several processes that spend one budget of a PostgreSQL ledger, until told to stop.

It takes its orders, `URL CAP CALL SEED` with nano-dollars, from standard input, because a command
line shows everybody the password; the next line ends it. It prints a line a call: the moment, and
`made` or why it was not."""

from __future__ import annotations

import random
import sys
import threading
import time
from dataclasses import dataclass

from voicegateway.errors import BudgetExceededError
from voicegateway.middleware.budget_enforcer import BudgetEnforcer, BudgetPolicy
from voicegateway.middleware.call import Call, Leg, Scope
from voicegateway.middleware.estimates import Estimator
from voicegateway.middleware.identity import upcoming
from voicegateway.storage.budgets import Caps
from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.storage.models import AttemptClosed, AttemptOpened, new_call_id, usd
from voicegateway.types import Modality, PriceQuote
from voicegw_postgres.engine import postgres_engine


@dataclass
class Shop:
    ledger: Ledger
    enforcer: BudgetEnforcer
    price: PriceQuote
    chance: random.Random

    def call(self) -> str:
        """`made`, or why not."""
        leg, scope = Leg("p", "m", Modality.TTS), Scope("shop")
        call = Call(new_call_id(), leg, scope, "batch", None, 5.0)
        try:
            self.enforcer.admit(call)
        except BudgetExceededError as error:
            return str(error)
        attempt = upcoming(call, 1)
        self.ledger.append(AttemptOpened(attempt, call.held_nano))
        time.sleep(self.chance.uniform(0, 0.02))
        self.ledger.append(
            AttemptClosed(
                attempt, "completed", {}, "measured", "unverifiable", self.price, None, 1.0
            )
        )
        return "made"


def main() -> None:
    url, cap, nano, seed = sys.stdin.readline().split()
    ledger = open_ledger(url, engine_factory=postgres_engine)
    price = PriceQuote(usd(int(nano)))
    policy = BudgetPolicy("shop", Caps(daily_nano=int(cap)), "block", "bound")
    estimator = Estimator(lambda call, usage: price)
    enforcer = BudgetEnforcer(ledger, {"shop": policy}.get, estimator, upcoming)
    shop = Shop(ledger, enforcer, price, random.Random(int(seed)))
    stop = threading.Event()
    said: list[str] = []

    def spend() -> None:
        while not stop.is_set():
            what = shop.call()
            said.append(f"{time.time()} {what}")
            time.sleep(shop.chance.uniform(0, 0.1 if what == "made" else 0.4))

    threads = [threading.Thread(target=spend) for _ in range(2)]
    for thread in threads:
        thread.start()
    sys.stdin.readline()
    stop.set()
    for thread in threads:
        thread.join()
    ledger.close(10)
    print("\n".join(said))
    sys.exit(f"{ledger.stats().lost} records were lost" if ledger.stats().lost else 0)


if __name__ == "__main__":
    main()
