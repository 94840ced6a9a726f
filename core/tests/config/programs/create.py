"""Creates managed projects `p-0` to `p-N`, as other processes do at the same time.

create.py N ACTOR

Prints, for each, `made` or the code of the refusal.
"""

from __future__ import annotations

import sys

from voicegateway.core.config_manager import ConfigManager
from voicegateway.errors import ResourceError

manager = ConfigManager()
for number in range(int(sys.argv[1])):
    try:
        manager.create("project", f"p-{number}", {"name": sys.argv[2]}, actor=sys.argv[2])
        print("made")
    except ResourceError as error:
        print(error.code)
