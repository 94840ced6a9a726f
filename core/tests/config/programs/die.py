"""Makes a change of a managed project and dies of a -9 after so many statements that write.

die.py create|update|delete STATEMENTS
"""

from __future__ import annotations

import os
import signal
import sys

from voicegateway.core.config_manager import ConfigManager
from voicegateway.storage.sqlite import SqliteConnection

action, left = sys.argv[1], [int(sys.argv[2])]


def count_down():
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def mortal(method):
    def wrapped(self, *arguments):
        result = method(self, *arguments)
        count_down()
        return result

    return wrapped


manager = ConfigManager()
manager.store.rows()
SqliteConnection.change = mortal(SqliteConnection.change)
SqliteConnection.commit = mortal(SqliteConnection.commit)
if action == "create":
    manager.create("project", "p", {"name": "new"}, actor="cli")
elif action == "update":
    manager.update("project", "p", {"name": "new"}, actor="cli")
else:
    manager.delete("project", "p", actor="cli")
