"""Distributions written to disk as an installer leaves them, and found as users find them."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from voicegateway.core.registry import PluginRecord, Registry

HOOK = """
    from voicegateway import hookimpl
    from voicegateway.types import Modality, ProviderInfo

    @hookimpl
    def provider_info(provider):
        return ProviderInfo(title=f"I am {provider}", modalities=frozenset(Modality))
"""


class Site:
    """A folder on the import path, and the distributions installed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.installed: set[str] = set()

    def add(
        self,
        distribution: str,
        version: str = "1.0",
        *,
        provider: str | dict[str, str] | None = None,
        module: str = HOOK,
        files: dict[str, str | bytes | None] | None = None,
        suffix: str = "dist-info",
    ) -> Path:
        """Install `module` as what `distribution` offers under the id `provider`, or under each
        of several (`{id: entry point value}`). `files` replaces metadata files, None leaves one
        out. Returns the metadata folder."""
        name = distribution.replace("-", "_").replace(".", "_").lower()
        entries = {provider: name} if isinstance(provider, str) else provider or {}
        lines = [f"{key} = {value}" for key, value in entries.items()]
        metadata: dict[str, str | bytes | None] = {
            "METADATA": f"Metadata-Version: 2.3\nName: {distribution}\nVersion: {version}\n\nText",
            "entry_points.txt": "\n".join(["[voicegw.providers]", *lines]) if lines else None,
            **(files or {}),
        }
        (self.folder / f"{name}.py").write_text(dedent(module))
        info = self.folder / f"{name}-{version}.{suffix}"
        info.mkdir()
        for file, content in metadata.items():
            if content is not None:
                data = content.encode() if isinstance(content, str) else content
                (info / file).write_bytes(data)
        self.installed.add(distribution)
        importlib.invalidate_caches()
        return info

    def rows(self, registry: Registry) -> list[PluginRecord]:
        """What the registry lists of this folder, whatever else the environment holds."""
        return [row for row in registry.records() if row.distribution in self.installed]

    def row(self, registry: Registry) -> PluginRecord:
        (row,) = self.rows(registry)
        return row

    def run(self, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `code` in an interpreter of its own that has this folder on its path."""
        path = os.pathsep.join([str(self.folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", dedent(code)],
            env={"PATH": "", "PYTHONPATH": path, **environment},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def make_site(tmp_path, monkeypatch):
    """`make_site("second")` is a folder behind the ones made before it."""
    sites: list[Site] = []

    def make(name: str = "site", inside: Path = tmp_path) -> Site:
        site = Site(inside / name)
        site.folder.mkdir()
        for other in [site, *reversed(sites)]:  # the first made stays first
            monkeypatch.syspath_prepend(other.folder)
        sites.append(site)
        return site

    before = set(sys.modules)
    yield make
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def site(make_site) -> Site:
    """`site.add("voicegw-acme", "1.2", provider="acme", module=...)`, for this test."""
    return make_site()


@pytest.fixture
def registry() -> Registry:
    return Registry()
