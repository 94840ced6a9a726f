"""The kit's own fixtures, and a vendor that does not exist."""

from __future__ import annotations

import sys
from pathlib import Path

from voicegateway.testing.fixtures import plugins

__all__ = ["plugins"]

sys.path.insert(0, str(Path(__file__).parent / "vendor"))
