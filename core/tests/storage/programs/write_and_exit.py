"""Appends some attempts and ends without closing or flushing anything."""

import sys

import ledger_kit as kit

from voicegateway.storage.ledger import open_ledger

ledger = open_ledger(sys.argv[1])
for _ in range(int(sys.argv[2])):
    ledger.append(kit.closed())
