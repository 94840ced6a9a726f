"""Addresses that a managed `base_url` may not lead to, in every spelling, and those that it may."""

# ruff: noqa: RUF001 - characters that look like others are what is tried

from __future__ import annotations

import ipaddress

import pytest

from voicegateway.core.addresses import Place, place_of
from voicegateway.core.base_urls import check_base_url
from voicegateway.errors import ReadOnlyResourceError, ResourceInvalidError

NAMES = {
    "api.acme.example": ["93.184.216.34", "2606:2800:220:1::1"],
    "acme.example": ["93.184.216.34"],
    "xn--bcher-kva.example": ["93.184.216.34"],
    "inside.acme.example": ["10.0.0.7"],
    "one-of-them.acme.example": ["93.184.216.34", "169.254.169.254"],
    "mapped.acme.example": ["::ffff:127.0.0.1"],
    "zone.acme.example": ["fe80::1%eth0"],
    "odd.acme.example": ["what?"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "meta.acme.example": ["169.254.169.254"],
    "six.acme.example": ["fd00:ec2::254"],
    "this-host": ["10.1.2.3"],
    "redis": ["172.17.0.2"],
}

# One address of each kind that is refused, as four parts.
TARGETS = {
    "loopback": (127, 0, 0, 1),
    "metadata": (169, 254, 169, 254),
    "private 10": (10, 0, 0, 1),
    "private 172": (172, 16, 0, 1),
    "private 192": (192, 168, 1, 1),
    "shared": (100, 64, 0, 1),
    "unspecified": (0, 0, 0, 0),
}


def spellings(a, b, c, d):
    """Of one IPv4 address: some are read by C libraries, some by browsers, some by nobody."""
    plain, low = f"{a}.{b}.{c}.{d}", (c << 8) | d
    number = (a << 24) | (b << 16) | low
    hexes = f"{a:02x}{b:02x}:{c:02x}{d:02x}"
    wide = plain.translate({ord(str(n)): 0xFF10 + n for n in range(10)})
    return [
        plain,
        f"{plain}.",
        f"{number}",
        f"{number:#x}",
        f"{number:#X}",
        f"0{number:o}",
        f"{a}.{(b << 16) | low}",
        f"{a}.{b}.{low}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"{a:#x}.{b}.0{c:o}.{d}",
        f"{a:03d}.{b:03d}.{c:03d}.{d:03d}",
        f"{a + 256}.{b + 256}.{c + 256}.{d + 256}",
        f"{number + 2**32}",
        f"[::ffff:{plain}]",
        f"[::ffff:{hexes}]",
        f"[0:0:0:0:0:FFFF:{hexes}]",
        f"[::{plain}]",
        f"[::ffff:0:{plain}]",
        f"[64:ff9b::{plain}]",
        f"[64:ff9b:1::{plain}]",
        f"[2002:{hexes}::1]",
        f"[2001:db8::5efe:{plain}]",
        wide,
        plain.replace(".", "。"),
        plain.replace(".", "．"),
        plain.replace(".", "%2e"),
    ]


SPELLED = [
    pytest.param(f"http://{host}/v1", id=f"{kind} {host}")
    for kind, parts in TARGETS.items()
    for host in spellings(*parts)
]

OTHERS = [
    # names that mean this machine
    "http://localhost",
    "http://LOCALHOST:11434/v1",
    "http://localhost.",
    "http://api.localhost",
    "http://a.b.LocalHost.",
    "http://localhost.localdomain",
    "http://localhost6",
    "http://ip6-localhost",
    "http://ip6-loopback",
    "http://ｌｏｃａｌｈｏｓｔ",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    # names of metadata services
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://METADATA.google.internal.",
    "http://metadata",
    "http://metadata.goog",
    "http://instance-data",
    "http://instance-data.ec2.internal",
    # names that resolve there
    "https://inside.acme.example",
    "https://one-of-them.acme.example",
    "https://mapped.acme.example",
    "https://zone.acme.example",
    "https://odd.acme.example",
    "https://127.0.0.1.nip.example",
    "https://META.acme.example./v1",
    "https://six.acme.example",
    "http://this-host",
    "http://redis:6379",
    # other addresses
    "http://127.1.2.3",
    "http://127.255.255.254",
    "http://169.254.0.1",
    "http://169.254.170.2",
    "http://100.100.100.200",
    "http://168.63.129.16",
    "http://192.0.0.192",
    "http://192.0.2.1",
    "http://198.18.0.1",
    "http://198.51.100.1",
    "http://203.0.113.1",
    "http://224.0.0.1",
    "http://239.255.255.250",
    "http://240.0.0.1",
    "http://255.255.255.255",
    "http://0.1.2.3",
    "http://[::]",
    "http://[::1]:8080",
    "http://[0:0:0:0:0:0:0:1]",
    "http://[fe80::1]",
    "http://[fe80::1%25eth0]",
    "http://[fe80::1%eth0]",
    "http://[febf::1]",
    "http://[fec0::1]",
    "http://[fc00::1]",
    "http://[fd00:ec2::254]",
    "http://[fd20:ce::254]",
    "http://[fd12:3456::1]",
    "http://[ff02::1]",
    "http://[2001:db8::1]",
    "http://[2001:0:7f00:1::1]",
    "http://[2001:0:808:808:0:0:80ff:fffe]",
    "http://[100::1]",
    # short, odd and broken spellings
    "http://0",
    "http://0x0",
    "http://0/",
    "http://0:80",
    "http://127",
    "http://127.1",
    "http://127.0.1",
    "http://0x7f.1",
    "http://0x7f.0x1",
    "http://017700000001",
    "http://0177.1",
    "http://00000177.0.0.1",
    "http://0x7f000001.",
    "http://127.0.0.1..",
    "http://.127.0.0.1",
    "http://1.2.3.4.5",
    "http://256.0.0.1",
    "http://8.8.8",
    "http://0x08080808",
    "http://①②⑦.⓪.⓪.①",
    "http://⒈⒉⒎.0.0.1",
    "http://٨.٨.٨.٨",
    "http://127。0。0。1",
    "http://127｡0｡0｡1",
    "http://８.８.８.８",
    "http://127.0.0.1%00.acme.example",
    "http://127.0.0.1\x00.acme.example",
    "http://127.0.0.1%2eacme.example",
    "http://%31%32%37.0.0.1",
    "http://%6c%6f%63%61%6c%68%6f%73%74",
    "http://local\u00adhost",
    "http://local\u200bhost",
    "http://local\thost",
    "http://127.0.0.1\r\nHost: acme.example",
    "http://127.0.0.1\t@acme.example",
    # whose host is whose
    "http://acme.example@127.0.0.1",
    "http://acme.example:80@127.0.0.1/",
    "http://acme.example%40@127.0.0.1",
    "http://user:pass@169.254.169.254/latest",
    "http://a@b@127.0.0.1",
    "http://127.0.0.1@b@acme.example",
    "http://acme.example\\@127.0.0.1",
    "http://127.0.0.1\\@acme.example",
    "http://127.0.0.1\\.acme.example",
    "http://acme.example\\\\127.0.0.1",
    "http://127.0.0.1:80:acme.example",
    "http://acme.example#@127.0.0.1/",
    "http://127.0.0.1#.acme.example",
    "http://acme.example;127.0.0.1",
    "http://127.0.0.1,acme.example",
    "http://[127.0.0.1]",
    "http://[::1",
    "http://::1",
    "http://[::1]acme.example",
    "http://[::1].acme.example",
    "http://[acme.example]",
    "http://[v1.acme]",
    "http://[]",
    # schemes and forms
    "file:///etc/passwd",
    "gopher://acme.example",
    "ftp://acme.example",
    "dict://acme.example",
    "data:text/plain,x",
    "javascript:alert(1)",
    "jar:http://acme.example!/",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock",
    "//acme.example",
    "///acme.example",
    "http:/acme.example",
    "http:acme.example",
    "http:///acme.example",
    "http:\\\\acme.example",
    "https:127.0.0.1",
    "http://",
    "http://:80",
    "http://@",
    "http://.",
    "http://-acme.example",
    "http://acme..example",
    "http://" + "a" * 64 + ".example",
    "http://acme.example:99999",
    "http://acme.example:8o",
    "http://acme.example:-1",
    "http://acme.example/" + "x" * 3000,
    "acme.example",
    "",
    " http://acme.example",
    "http://acme.example ",
    "http://acme.example/a b",
    "http://{acme}.example",
    "http://a|b.example",
]

FINE = [
    ("https://api.acme.example", "api.acme.example"),
    ("https://api.acme.example/v1", "api.acme.example"),
    ("HTTPS://API.ACME.example/V1/", "api.acme.example"),
    ("https://api.acme.example.", "api.acme.example"),
    ("http://api.acme.example:8443/v1?version=2026-01-01", "api.acme.example"),
    ("wss://api.acme.example/stream", "api.acme.example"),
    ("ws://acme.example:/x", "acme.example"),
    ("https://user:p%40ss@acme.example/v1", "acme.example"),
    ("https://acme.example/a@b", "acme.example"),
    ("https://acme.example/%2e%2e", "acme.example"),
    ("https://bücher.example", "xn--bcher-kva.example"),
    ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
    ("http://8.8.8.8", "8.8.8.8"),
    ("http://93.184.216.34:8080", "93.184.216.34"),
    ("http://[2606:4700::1111]/", "2606:4700::1111"),
    ("http://[2606:4700:0:0:0:0:0:1111]", "2606:4700::1111"),
    ("https://not-there.acme.example", "not-there.acme.example"),
    ("https://a_b.acme.example", "a_b.acme.example"),
    ("https://1and1.acme.example", "1and1.acme.example"),
    ("https://127.0.0.1.acme.example", "127.0.0.1.acme.example"),
]


def check(url, **more):
    return check_base_url(url, resolve=lambda host: NAMES.get(host, []), **more)


def test_there_are_enough_of_them():
    assert len(SPELLED) + len(set(OTHERS)) > 300
    assert len(OTHERS) == len(set(OTHERS))


@pytest.mark.parametrize("url", [*SPELLED, *OTHERS])
def test_a_forged_address_is_refused(url):
    with pytest.raises(ResourceInvalidError, match="base_url") as refused:
        check(url)
    assert "\n" not in str(refused.value)
    assert "pass@" not in str(refused.value)


@pytest.mark.parametrize(("url", "host"), FINE)
def test_a_provider_is_not(url, host):
    assert check(url).host == host


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://localhost:11434/v1", "localhost"),
        ("http://LOCALHOST.:11434", "LocalHost."),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "[::1]"),
        ("http://[0:0:0:0:0:0:0:1]", "::1"),
        ("https://inside.acme.example", "inside.acme.example"),
        ("http://169.254.169.254", "169.254.169.254"),
        ("http://redis", "redis"),
    ],
)
def test_a_host_that_is_allowed_by_name_passes(url, allowed):
    assert check(url, allowed=["other.example", allowed]).allowed
    with pytest.raises(ResourceInvalidError):
        check(url, allowed=[f"x{allowed}", "*", "", "example"])


def test_what_is_allowed_is_a_host_and_not_what_looks_like_it():
    for url in ("http://localhost@169.254.169.254", "http://0x7f000001", "http://127.1"):
        with pytest.raises(ResourceInvalidError):
            check(url, allowed=["localhost", "127.0.0.1"])


@pytest.mark.parametrize(
    "url", ["http://localhost:11434", "http://127.0.0.1", "http://10.0.0.1", "http://[::1]"]
)
def test_the_config_file_may_name_this_machine_and_its_network(url):
    assert not check(url, worst=Place.PRIVATE).allowed


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254",
        "http://[fe80::1]",
        "http://[::ffff:169.254.169.254]",
        "http://metadata.google.internal",
        "https://meta.acme.example",
        "http://224.0.0.1",
        "http://0.0.0.0",
    ],
)
def test_and_yet_no_metadata(url):
    with pytest.raises(ResourceInvalidError, match="link-local, metadata"):
        check(url, worst=Place.PRIVATE)


def test_a_name_that_moves_is_judged_each_time():
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    url = "https://rebinding.acme.example"
    check_base_url(url, resolve=lambda host: next(answers))
    with pytest.raises(ResourceInvalidError):
        check_base_url(url, resolve=lambda host: next(answers))


@pytest.mark.parametrize("prefix", ["", "::ffff:", "64:ff9b::"])
def test_every_private_network_is_private_to_its_ends(prefix):
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8"):
        ends = ipaddress.ip_network(network)
        for address in (ends[0], ends[1], ends[-1]):
            assert place_of(ipaddress.ip_address(f"{prefix}{address}")) >= Place.PRIVATE


@pytest.fixture
def manager(home):
    from voicegateway.core.config_manager import ConfigManager

    return ConfigManager()


@pytest.mark.parametrize(
    ("kind", "name", "settings"),
    [
        ("provider", "acme", {"base_url": "http://169.254.169.254"}),
        ("provider", "acme", {"base_url": "http://localhost:9000"}),
        ("provider", "acme", {"endpoint": "http://127.0.0.1:9000"}),
        ("provider", "acme", {"nested": {"urls": ["wss://10.0.0.1/x"]}}),
        ("project", "a", {"providers": {"acme": {"base_url": "http://[::1]"}}}),
        ("model", "llm/x", {"provider": "y", "model": "z", "options": {"u": "http://10.0.0.1"}}),
    ],
)
def test_no_managed_resource_is_written_with_one(manager, home, kind, name, settings):
    (home / "voicegw.yaml").write_text("providers: {y: {}}")
    with pytest.raises(ResourceInvalidError, match=r"server\.allowed_hosts"):
        manager.create(kind, name, settings, actor="api")
    assert manager.audit_log() == []
    assert manager.store.rows() == []


def test_nor_changed_to_one(manager, home):
    manager.create("provider", "acme", {"base_url": "https://8.8.8.8/v1"}, actor="api")
    with pytest.raises(ResourceInvalidError):
        manager.update("provider", "acme", {"base_url": "http://127.0.0.1"}, actor="api")
    assert len(manager.audit_log()) == 1
    (home / "voicegw.yaml").write_text("server: {allowed_hosts: [127.0.0.1]}")
    manager.update("provider", "acme", {"base_url": "http://127.0.0.1"}, actor="api")
    assert len(manager.audit_log()) == 2


def test_the_config_file_is_its_owners(manager, home):
    (home / "voicegw.yaml").write_text("providers: {acme: {base_url: 'http://127.0.0.1:9'}}")
    assert manager.get("provider", "acme").entry.base_url == "http://127.0.0.1:9"
    with pytest.raises(ReadOnlyResourceError):
        manager.update("provider", "acme", {"base_url": "https://8.8.8.8"}, actor="api")
