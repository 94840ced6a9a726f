"""Builds the pages into the wheel, so that whoever installs it needs no Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface):
    """Runs npm where the pages have not been built. An editable install does without them: it
    serves what `npm run build` made, or says that there is nothing yet."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        built = root / "api/voicegw_dashboard/static/index.html"
        if version == "editable" or built.exists():
            return
        npm = shutil.which("npm")
        if npm is None:
            message = "The dashboard's pages need Node to be built: install Node 20 or newer."
            raise RuntimeError(message)
        for command in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([npm, *command], cwd=root / "frontend", check=True)
