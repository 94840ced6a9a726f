"""The core treats every provider alike, ours too: it names none of them anywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "core" / "src"


def provider_ids() -> set[str]:
    ids: set[str] = set()
    for file in ROOT.glob("plugins/*/pyproject.toml"):
        project = tomllib.loads(file.read_text("utf-8"))["project"]
        ids |= set(project.get("entry-points", {}).get("voicegw.providers", {}))
    return ids


def mentions(text: str, ids: set[str]) -> list[tuple[int, str]]:
    """Lines that name one of `ids`, `voicegw_<id>` and `<id>_key` included."""
    names = "|".join(map(re.escape, sorted(ids)))
    pattern = re.compile(rf"(?<![a-z0-9])({names})(?![a-z0-9])", re.IGNORECASE)
    lines = enumerate(text.splitlines(), 1)
    return [(number, line.strip()) for number, line in lines if pattern.search(line)]


def test_the_core_names_no_provider():
    ids = provider_ids()
    assert ids, "no plugin in plugins/ has an entry point in voicegw.providers"
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line}"
        for file in sorted(SOURCE.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
        for number, line in mentions(file.read_text("utf-8", errors="replace"), ids)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line", ["Acme", "voicegw_acme", "ACME_API_KEY", '"acme/swift-1"', "acme-x"]
)
def test_a_mention_is_found(line):
    assert mentions(f"first\n  {line}\n", {"acme"}) == [(2, line)]


@pytest.mark.parametrize("line", ["acmeist", "placmeebo", "macme"])
def test_a_longer_word_is_no_mention(line):
    assert mentions(line, {"acme"}) == []
