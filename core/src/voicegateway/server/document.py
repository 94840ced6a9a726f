"""The OpenAPI document, as text that is the same on every machine.

python -m voicegateway.server.document > docs/openapi.json
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from voicegateway.server.app import create_app

__all__ = ["document"]


def document() -> str:
    """Of a server without any configuration of its own."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "voicegw.yaml"
        config.write_text("{}", encoding="utf-8")
        found = create_app(config).openapi()
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
