"""Fetching a vendor's pages: what is waited for, refused, kept and never sent."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from voicegateway.authoring.pulling import (
    Access,
    Pace,
    PullError,
    Report,
    only_settings,
    pull_reports,
    utc_days,
)
from voicegateway.testing import Trouble, UsageCloud
from voicegateway.types import ProviderSettings, Secret

KEY = "canary-key-20c4e1b7"
QUICK = Pace(between=0.0, first_wait=0.01, silence=0.5, page_time=5.0)


def access(key=KEY, **more):
    return Access(ProviderSettings("acme", Secret(key)), "X-Key", **more)


def numbered(asked):
    """Three pages."""
    number = int(asked.one("page") or 1)
    return {"number": number, "has_more": number < 3, "next_page": str(number + 1)}


@pytest.fixture
def cloud():
    with UsageCloud(numbered) as cloud:
        yield cloud


@pytest.fixture
def pull(cloud, tmp_path):
    def pulling(report=None, folder=tmp_path / "pages", pace=QUICK, **more):
        report = report or Report("usage", f"{cloud.url}/usage", {"day": "1"})
        return list(pull_reports([report], folder, access(**more), pace))

    return pulling


def test_pages_are_files_in_order_that_only_the_owner_may_list(cloud, pull):
    files = pull()
    assert [file.name[:10] for file in files] == ["usage-0001", "usage-0002", "usage-0003"]
    assert files[0].parent.stat().st_mode & 0o777 == 0o700
    assert [asked.one("page") for asked in cloud.asked] == [None, "2", "3"]


def test_another_question_has_other_files(cloud, pull):
    first = pull()
    other = pull(Report("usage", f"{cloud.url}/usage", {"day": "2"}))
    assert len(cloud.asked) == 6
    assert not set(first) & set(other)


def test_a_file_that_was_damaged_is_fetched_again(cloud, pull):
    files = pull()
    whole = files[1].read_bytes()
    files[1].write_bytes(whole[:5])
    cloud.asked.clear()
    assert pull() == files
    assert files[1].read_bytes() == whole
    assert [asked.one("page") for asked in cloud.asked] == ["2"]


def test_what_a_killed_process_left_half_written_is_no_page(cloud, pull, tmp_path):
    files = pull()
    files[0].rename(files[0].with_suffix(".123.part"))
    assert pull() == files


def test_pages_that_go_in_a_circle_end(cloud, pull):
    cloud.answer = lambda asked: {"has_more": True, "next_page": "2"}
    with pytest.raises(PullError, match="as the next one that came before"):
        pull()
    assert len(cloud.asked) == 2


def test_pages_without_end_end(cloud, pull):
    cloud.answer = lambda asked: {"has_more": True, "next_page": f"{asked.one('page')}x"}
    with pytest.raises(PullError, match="more than 7 pages"):
        pull(pace=Pace(between=0, pages=7))


@pytest.mark.parametrize("token", [None, "", 5])
def test_a_page_that_follows_and_has_no_name_is_an_error(cloud, pull, token):
    cloud.answer = lambda asked: {"has_more": True, "next_page": token}
    with pytest.raises(PullError, match="not what it is called"):
        pull()


def test_a_page_that_is_too_large_is_not_kept(cloud, pull, tmp_path):
    cloud.answer = lambda asked: {"text": "x" * 3_000_000}
    with pytest.raises(PullError, match="more than 2 MB a page"):
        pull(pace=Pace(between=0, page_bytes=1 << 21))
    assert list((tmp_path / "pages").iterdir()) == []


@pytest.mark.parametrize("answer", [[], "text", 5, {"deep": None}])
def test_what_is_no_object_is_tried_again_and_then_refused(cloud, pull, answer):
    deep = {}
    for _ in range(900):
        deep = {"deep": deep}
    cloud.answer = lambda asked: deep if answer == {"deep": None} else answer
    if answer == {"deep": None}:
        assert len(pull()) == 1
        return
    with pytest.raises(PullError, match="no JSON object, 5 times: run the same command again"):
        pull()
    assert len(cloud.asked) == 5


def test_a_moment_to_come_back_at_is_understood(cloud, pull):
    """A past one: at once."""
    cloud.troubles = [Trouble.BUSY]
    assert len(pull(pace=Pace(between=0, first_wait=3600, silence=1))) == 3


def test_pauses_grow_and_differ():
    waits = [[Pace().wait(failures) for _ in range(50)] for failures in (1, 2, 3)]
    for longest, found in zip((1, 2, 4), waits, strict=True):
        assert all(longest / 2 <= wait <= longest for wait in found)
        assert len(set(found)) > 1


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/usage",
        "ftp://127.0.0.1/usage",
        "file:///etc/hostname",
        "https://user:word@127.0.0.1/usage",
        "https://",
        "usage",
        "http://localhost.example.com/usage",
    ],
)
def test_a_key_goes_to_no_such_address(pull, url):
    with pytest.raises(PullError, match="https address without a password"):
        pull(Report("usage", url))


@pytest.mark.parametrize("key", ["one\nX-Other: two", "schlüssel", "a\x00b"])
def test_a_key_that_no_header_carries_is_refused_and_not_shown(cloud, pull, key):
    with pytest.raises(PullError, match="has characters that no key has") as caught:
        pull(key=key)
    assert key not in repr(caught.value)
    assert cloud.asked == []


def test_a_key_with_space_around_it_is_the_key(cloud, pull):
    pull(key=f" {KEY}\n")
    assert {asked.headers["x-key"] for asked in cloud.asked} == {KEY}


@pytest.mark.parametrize("key", ["", " \n"])
def test_no_key_is_one_sentence(pull, key):
    with pytest.raises(PullError, match="There is no key for the usage of 'acme'"):
        pull(key=key)


def test_a_proxy_is_not_asked_for_this_machine(cloud, pull, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert len(pull()) == 3


def test_a_folder_that_cannot_be_written_is_one_sentence(pull, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PullError, match="The pages cannot be kept in"):
        pull(folder=tmp_path / "file" / "pages")


def test_a_vendor_that_is_not_there_is_one_sentence(pull):
    with pytest.raises(PullError, match=r"cannot be reached \(ConnectionRefusedError\), 5 times"):
        pull(Report("usage", "http://127.0.0.1:9/usage"))


@pytest.fixture
def impostor(tmp_path):
    """A server with a certificate that nobody signed, and the requests that reached it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    file = tmp_path / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    reached = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            reached.append(self.path)

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_):
            """A handshake that is broken off is what is wanted."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"https://localhost:{server.server_port}", reached
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_that_nobody_signed_does_not_get_the_key(impostor, pull):
    url, reached = impostor
    with pytest.raises(PullError, match="a certificate that this machine does not trust"):
        pull(Report("usage", f"{url}/usage"))
    assert reached == []


def test_what_a_vendor_refuses_says_what_the_key_must_be(cloud, pull):
    cloud.troubles = [Trouble.REFUSED]
    with pytest.raises(PullError, match=r"refuses the key \(401\): it needs to be an admin key\."):
        pull(needs="an admin key")


def test_a_setting_that_is_not_known():
    settings = ProviderSettings("acme", extra={"projct": "1"})
    with pytest.raises(PullError, match="no setting 'projct' under usage_export: did you mean"):
        only_settings(settings, {"project"})
    with pytest.raises(PullError, match="it has api_key, base_url"):
        only_settings(settings, ())
    only_settings(ProviderSettings("acme", extra={"project": "1"}), {"project"})


def test_days_in_utc():
    first, behind = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 3))
    assert utc_days(first, behind, "Acme") == (first.date(), behind.date())
    for wrong in (behind + timedelta(hours=1), behind - timedelta(microseconds=1)):
        with pytest.raises(PullError, match="Acme reports days in UTC"):
            utc_days(first, wrong, "Acme")
