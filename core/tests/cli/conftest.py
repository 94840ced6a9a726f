"""Distributions that a command finds as an installer leaves them."""

from __future__ import annotations

import importlib
import sys

import pytest


@pytest.fixture
def install(tmp_path, monkeypatch):
    """`install("voicegw-acme", {"acme": "acme_plugin"}, acme_plugin=source)`: a distribution."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def add(distribution, entry_points, *, version="1.0", **modules):
        info = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        lines = "".join(f"{name} = {value}\n" for name, value in entry_points.items())
        (info / "entry_points.txt").write_text(f"[voicegw.providers]\n{lines}")
        for name, source in modules.items():
            (folder / f"{name}.py").write_text(source)
            monkeypatch.delitem(sys.modules, name, raising=False)
        importlib.invalidate_caches()

    yield add
    for path in folder.glob("*.py"):
        sys.modules.pop(path.stem, None)
