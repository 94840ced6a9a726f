"""Going on where a download was broken off."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from voicegateway.errors import ModelFileError
from voicegateway.modelfiles import bundle_folder, fetch

FETCH = textwrap.dedent(
    """
    import sys
    from voicegateway.modelfiles import fetch
    from voicegateway.types import ModelBundle, ModelFile, UrlSource
    url, sha256, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    file = ModelFile("m.bin", sha256, size, (UrlSource(url),))
    fetch("acme", ModelBundle("tiny", (file,), "MIT"))
    """
)


@pytest.fixture
def body(make):
    return make.bytes(1_000_000)


def start(url, body):
    sha256 = hashlib.sha256(body).hexdigest()
    return subprocess.Popen([sys.executable, "-c", FETCH, url, sha256, str(len(body))])


def part_of(body):
    name = f"{hashlib.sha256(body).hexdigest()}.part"
    return bundle_folder("acme", "tiny") / ".fetch" / name


def test_a_connection_that_breaks_half_way(web, make, body):
    url = web.put("/m.bin", body, drops=[400_000, 300_000])
    seen = []
    folder = fetch("acme", make.bundle(make.file("m.bin", body, make.url(url))), seen.append)
    assert (folder / "m.bin").read_bytes() == body
    first, second, third = web.asked
    assert first.range is None
    assert 0 < int(second.range[6:-1]) < int(third.range[6:-1]) < len(body)
    assert [p.done for p in seen] == sorted(p.done for p in seen)


def test_a_server_that_ignores_ranges(web, make, body):
    url = web.put("/m.bin", body, drops=[400_000], ranges=False)
    folder = fetch("acme", make.bundle(make.file("m.bin", body, make.url(url))))
    assert (folder / "m.bin").read_bytes() == body


def test_a_server_that_always_breaks_off_and_ignores_ranges(web, make, body):
    url = web.put("/m.bin", body, drops=[400_000] * 50, ranges=False)
    with pytest.raises(ModelFileError, match="connection failed"):
        fetch("acme", make.bundle(make.file("m.bin", body, make.url(url))))
    assert len(web.asked) < 10


def test_a_server_that_does_not_say_how_much(web, make, body):
    url = web.put("/m.bin", body, length=False)
    folder = fetch("acme", make.bundle(make.file("m.bin", body, make.url(url))))
    assert (folder / "m.bin").read_bytes() == body


def test_a_spoilt_part_is_started_over(web, make, body):
    part = part_of(body)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"z" * 300_000)
    url = web.put("/m.bin", body)
    folder = fetch("acme", make.bundle(make.file("m.bin", body, make.url(url))))
    assert (folder / "m.bin").read_bytes() == body
    assert [asked.range for asked in web.asked] == ["bytes=300000-", None]


def test_a_part_that_is_too_long_is_started_over(web, make, body):
    part = part_of(body)
    part.parent.mkdir(parents=True)
    part.write_bytes(body + b"more")
    url = web.put("/m.bin", body)
    folder = fetch("acme", make.bundle(make.file("m.bin", body, make.url(url))))
    assert (folder / "m.bin").read_bytes() == body


def test_a_part_that_is_whole_is_not_asked_for(web, make, body):
    part = part_of(body)
    part.parent.mkdir(parents=True)
    part.write_bytes(body)
    url = web.put("/m.bin", body)
    fetch("acme", make.bundle(make.file("m.bin", body, make.url(url))))
    assert web.asked == []


def test_a_whole_wheel_of_unknown_size(index, make, body):
    """The index gave no size: the server says that nothing is left (416)."""
    wheel = index.put_wheel("acme-tiny", {"m.bin": body})
    part = bundle_folder("acme", "tiny") / ".fetch" / f"{wheel.sha256}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(index.files["/files/acme_tiny-1.0.0-py3-none-any.whl"].body)
    folder = fetch("acme", make.bundle(make.file("m.bin", body, wheel)))
    assert (folder / "m.bin").read_bytes() == body


def test_a_file_of_another_size_is_not_downloaded(web, make, body):
    url = web.put("/m.bin", body + b"more")
    with pytest.raises(ModelFileError, match="has 1000004 bytes, not 1000000"):
        fetch("acme", make.bundle(make.file("m.bin", body, make.url(url))))


def test_an_overloaded_server_is_asked_again(web, make, body):
    url = web.put("/m.bin", body, status=503)
    with pytest.raises(ModelFileError, match="the server answered 503"):
        fetch("acme", make.bundle(make.file("m.bin", body, make.url(url))))
    assert len(web.asked) == 4


def test_nobody_there(make, web, body):
    url = make.url("http://127.0.0.1:9/m.bin")
    with pytest.raises(ModelFileError, match=r"the connection failed \(ConnectionError\)"):
        fetch("acme", make.bundle(make.file("m.bin", body, url)))


def test_a_killed_fetch_goes_on(web, make, body):
    url = web.put("/m.bin", body, pause=0.02)
    process = start(url, body)
    part = part_of(body)
    deadline = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size > 200_000):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    have = part.stat().st_size
    assert 200_000 < have < len(body)
    web.files["/m.bin"].pause = 0
    folder = fetch("acme", make.bundle(make.file("m.bin", body, make.url(url))))
    assert web.asked[-1].range == f"bytes={have}-"
    assert (folder / "m.bin").read_bytes() == body


def test_what_a_killed_fetch_left_behind_is_tidied_up(web, make, body):
    bundle = make.bundle(make.file("m.bin", body, make.url(web.put("/m.bin", body))))
    folder = fetch("acme", bundle)
    (folder / ".fetch").mkdir()
    (folder / ".fetch" / "some.part").write_bytes(body)
    fetch("acme", bundle)
    assert [path.name for path in folder.iterdir()] == ["m.bin"]
    assert len(web.asked) == 1


def test_two_processes_fetch_one_bundle(web, make, body):
    url = web.put("/m.bin", body, pause=0.01)
    processes = [start(url, body) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert (bundle_folder("acme", "tiny") / "m.bin").read_bytes() == body
    assert len(web.asked) == 1
