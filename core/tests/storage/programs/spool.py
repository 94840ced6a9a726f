"""Writes records to a ledger that spools, says when they are durable, and waits to be killed."""

import sys
from pathlib import Path

import ledger_kit as kit
from spool_kit import open_spooling

path, seed, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
ledger = open_spooling(path)
records = kit.mixed(count, seed=seed)
for record in records:
    ledger.append(kit.opened(record.attempt))
for record in records[: count // 2]:
    ledger.append(record)
print(ledger.flush(30), flush=True)
sys.stdin.read()
