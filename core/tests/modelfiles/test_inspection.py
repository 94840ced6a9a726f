"""Whether a bundle is here."""

import subprocess
import sys

import pytest

from voicegateway.errors import ModelFileError
from voicegateway.modelfiles import State, bundle_folder, require, status, verify


@pytest.fixture
def bundle(make):
    return make.bundle(make.file("m.bin", b"abcdef"), make.file("c.json", b"{}"))


def put(name, body):
    folder = bundle_folder("acme", "tiny")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(body)


def test_missing(bundle):
    found = status("acme", bundle)
    assert found.state is State.MISSING
    assert (found.size, found.expected) == (0, 8)
    with pytest.raises(ModelFileError) as caught:
        require("acme", bundle)
    assert str(caught.value) == (
        "The model acme/tiny is not on this machine (m.bin is missing, c.json is missing): "
        "run `voicegw models fetch acme/tiny`."
    )


def test_partial(bundle):
    put("m.bin", b"abcdef")
    assert status("acme", bundle).state is State.PARTIAL
    with pytest.raises(ModelFileError, match=r"is not here in full \(c.json is missing\)"):
        require("acme", bundle)


def test_begun(bundle):
    (bundle_folder("acme", "tiny") / ".fetch").mkdir(parents=True)
    assert status("acme", bundle).state is State.PARTIAL


def test_present(bundle):
    put("m.bin", b"abcdef")
    put("c.json", b"{}")
    found = status("acme", bundle)
    assert (found.state, found.size, found.verified) == (State.PRESENT, 8, False)
    assert require("acme", bundle) == bundle_folder("acme", "tiny")
    assert verify("acme", bundle).verified


def test_the_wrong_size_is_seen_at_once(bundle):
    put("m.bin", b"abc")
    put("c.json", b"{}")
    assert status("acme", bundle).state is State.DAMAGED
    with pytest.raises(ModelFileError, match=r"damaged files \(m.bin has 3 of 6 bytes\)"):
        require("acme", bundle)


def test_the_wrong_contents_are_seen_on_request(bundle):
    put("m.bin", b"fedcba")
    put("c.json", b"{}")
    assert status("acme", bundle).state is State.PRESENT
    found = verify("acme", bundle)
    assert found.state is State.DAMAGED
    assert [file.state for file in found.files] == [State.DAMAGED, State.PRESENT]


def test_a_folder_in_a_files_place(bundle):
    (bundle_folder("acme", "tiny") / "m.bin").mkdir(parents=True)
    assert status("acme", bundle).state is State.MISSING


def test_asking_needs_no_extra():
    """`pypi_simple` and `requests` are imported by a fetch alone."""
    code = (
        "import sys, voicegateway.modelfiles;"
        "print([m for m in ('requests', 'pypi_simple', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
