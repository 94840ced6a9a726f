"""Importing a plugin is cheap and quiet: every process that lists models or prices does it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from voicegateway.testing.providers.subject import Subject

__all__ = ["ImportingTests"]

LIGHT = {"voicegateway", "pluggy", "importlib_metadata", "zipp"}
"""What a plugin's module may load besides the standard library: our package, what its hook marker
needs, and what that brings."""

_PROGRAM = """
import json, sys, threading
before, started = set(sys.modules), set(threading.enumerate())
import {package}
tops = sorted({{name.partition(".")[0] for name in set(sys.modules) - before}})
threads = [thread.name for thread in threading.enumerate() if thread not in started]
others = [name for name in tops if name not in sys.stdlib_module_names]
with open({report!r}, "w") as file:
    json.dump({{"modules": others, "threads": threads}}, file)
"""


class ImportingTests(Subject):
    @pytest.fixture
    def imported(self, tmp_path: Any) -> dict[str, Any]:
        """What a process that imports `package`, and nothing else, has loaded, started and said."""
        if self.package is None:
            pytest.skip("the suite names no `package`: it is a test double, not a distribution")
        report = tmp_path / "imported.json"
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", _PROGRAM.format(package=self.package, report=str(report))],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"`import {self.package}` fails:\n{done.stderr}"
        loaded: dict[str, Any] = json.loads(report.read_text())
        return {**loaded, "said": done.stdout + done.stderr}

    def test_importing_the_plugin_loads_no_livekit_and_no_sdk(
        self, imported: dict[str, Any]
    ) -> None:
        own = str(self.package).partition(".")[0]
        heavy = [n for n in imported["modules"] if n not in LIGHT | {own} and n[0] != "_"]
        assert not heavy, (
            f"`import {self.package}` loads {', '.join(heavy)}: import LiveKit, SDKs and all else "
            "inside the factories, for every process that lists providers imports the module"
        )

    def test_importing_the_plugin_says_nothing(self, imported: dict[str, Any]) -> None:
        assert imported["said"] == "", f"`import {self.package}` writes to the terminal"

    def test_importing_the_plugin_starts_no_thread(self, imported: dict[str, Any]) -> None:
        assert imported["threads"] == [], f"`import {self.package}` starts threads"
