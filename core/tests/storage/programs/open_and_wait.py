"""Opens attempts, says so, and waits to be killed. Arguments: file, host name or "", call ids."""

import sys
import time
from decimal import Decimal

import ledger_kit as kit

from voicegateway.storage import presence
from voicegateway.storage.host import Process, this_process
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import AttemptCheckpointed
from voicegateway.types import Unit

path, host, *calls = sys.argv[1:]
if host:
    me = this_process()
    presence.this_process = lambda: Process(host, me.pid, me.started)
ledger = open_ledger(path)
for number, call in enumerate(calls):
    about = kit.attempt(call_id=call)
    ledger.append(kit.opened(about, 1_000))
    if number % 2:
        units = {Unit.OUTPUT_TOKENS: Decimal(number)}
        ledger.append(AttemptCheckpointed(about, units, "measured", 5_000))
assert ledger.flush(20)
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "close":
        for call in calls:
            ledger.append(kit.closed(kit.attempt(call_id=call)))
        assert ledger.flush(20)
        print("closed", flush=True)
time.sleep(600)
