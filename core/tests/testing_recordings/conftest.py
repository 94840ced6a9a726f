from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The tests share a vendor, `acme_cloud`, and its plugin, `acme_plugin`.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The vendor's plugin as an installer leaves it."""
    folder = tmp_path / "site"
    info = folder / "voicegw_acme-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: voicegw-acme\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[voicegw.providers]\nacme = acme_plugin\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("ACME_API_KEY", "acme-live-key-9f8e7d6c5b4a")
    monkeypatch.delenv("VOICEGW_UPSTREAM", raising=False)
    return folder


@pytest.fixture
async def cloud():
    from acme_cloud import AcmeCloud  # from this folder, which is on the path by now

    async with AcmeCloud() as cloud:
        yield cloud
