"""Adds a tag of its own to the managed project `p` so many times, reading it each time.

update.py TIMES NAME
"""

from __future__ import annotations

import sys

from voicegateway.core.config_manager import ConfigManager

manager = ConfigManager()
for number in range(int(sys.argv[1])):
    manager.update("project", "p", {"description": f"{sys.argv[2]}-{number}"}, actor=sys.argv[2])
