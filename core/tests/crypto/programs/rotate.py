"""Rotates, and prints a line after each transaction.

rotate.py [--new-key] [STOP_AFTER]

With STOP_AFTER it waits for ever after so many transactions, to be killed.
"""

from __future__ import annotations

import sys
import time

from voicegateway.core.config_manager import ConfigManager
from voicegateway.core.rotation import rotate

numbers = [int(one) for one in sys.argv[1:] if one.isdigit()]
seen = []


def told(count):
    seen.append(count)
    print(count, flush=True)
    if len(seen) in numbers:
        time.sleep(600)


rotate(ConfigManager().store, actor="cli", new_key="--new-key" in sys.argv, told=told)
