"""Writes as fast as it can until it is killed, and prints how many attempts are surely kept.
Attempt n of this process is called <name>-n; every fifth one is opened and never closed."""

import sys

import ledger_kit as kit

from voicegateway.storage.ledger import open_ledger

path, name, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
ledger = open_ledger(path)
number = 0
while number < most:
    for _ in range(100):
        about = kit.attempt(call_id=f"{name}-{number}", session_id=f"{name}-{number // 50}")
        ledger.append(kit.opened(about))
        if number % 5:
            ledger.append(kit.closed(about))
        number += 1
    assert ledger.flush(60)
    print(number, flush=True)
