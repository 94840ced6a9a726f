"""Pytest fixtures for plugin authors. Opt in, in the `conftest.py` of the folder that is given to
pytest (it allows `pytest_plugins` nowhere deeper):

    pytest_plugins = ["voicegateway.testing.fixtures"]

They need pytest-asyncio with `asyncio_mode = "auto"`, and `voicegw[livekit]`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from voicegateway.testing.bench import PluginBench, plugin_bench

__all__ = ["plugins"]


@pytest_asyncio.fixture
async def plugins(tmp_path: Path) -> AsyncIterator[PluginBench]:
    """A gateway that sees nothing of what is installed, with an empty ledger in a temporary file:
    `plugins.install("acme", voicegw_acme)`. What a vendor's client asks LiveKit for outside of a
    job, an HTTP session, is there too."""
    from livekit.agents.utils import http_context  # 1.3 s: not when pytest loads its plugins

    folder = tmp_path / "voicegateway"
    folder.mkdir()
    async with http_context.open():
        with plugin_bench(folder) as bench:
            yield bench
