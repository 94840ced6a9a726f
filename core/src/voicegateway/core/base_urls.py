"""Whether a `base_url` that somebody else may set is one the gateway will send requests to.

    check_base_url("https://api.acme.example/v1")

Whoever may write managed settings must not have the gateway ask what only the gateway can reach:
this machine, its network, a cloud's metadata. An address has many spellings and libraries differ
in which they take, so anything but the plain one is refused; and a name is judged by all addresses
that it has, now and again when it is used.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from voicegateway.core.addresses import Address, Place, place_of
from voicegateway.errors import ResourceInvalidError

__all__ = ["CheckedUrl", "check_base_url", "resolved"]

Resolve = Callable[[str], Sequence[str]]

_SCHEMES: Final = frozenset({"http", "https", "ws", "wss"})
_LONGEST: Final = 2048
_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://([^/?#]*)([/?][^#]*)?")
_USER: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:%\-]*@")
_PORT: Final = re.compile(r":(\d{1,5})?$")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_\-]{1,63}(?<!-)")
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_HERE: Final = frozenset(
    {"localhost", "localhost.localdomain", "localhost6", "localhost6.localdomain6"}
    | {"ip6-localhost", "ip6-loopback", "loopback"}
)
_METADATA: Final = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "instance-data"}
    | {"instance-data.ec2.internal", "metadata.azure.internal", "metadata.tencentyun.com"}
)
_PLACES: Final = {
    Place.PRIVATE: "this machine or its own network",
    Place.FORBIDDEN: "a link-local, metadata, multicast or unspecified address",
}


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """What was found out."""

    host: str
    """As it is looked up: lower case, ASCII, no dot at its end."""
    allowed: bool
    """By name: wherever it leads."""


def resolved(host: str) -> list[str]:
    """All addresses of a name; none if it has none, or cannot be looked up now."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return sorted({str(one[4][0]) for one in found})


def check_base_url(
    url: str,
    *,
    allowed: Collection[str] = (),
    worst: Place = Place.PUBLIC,
    resolve: Resolve = resolved,
) -> CheckedUrl:
    """`allowed` are hosts that pass wherever they lead; `worst` is how near an address may be
    without that. A name that has no address now is let through: it leads nowhere, and is judged
    again when it is used. Waits for the resolver. Raises `ResourceInvalidError`."""
    host = _host(url)
    if host in {_named(name) for name in allowed}:
        return CheckedUrl(host, allowed=True)
    place = max(_places(host, resolve), default=Place.PUBLIC)
    if place > worst:
        raise _refused(
            f"it leads to {_PLACES[place]}: list its host in server.allowed_hosts if it may"
        )
    return CheckedUrl(host, allowed=False)


def _places(host: str, resolve: Resolve) -> Iterable[Place]:
    literal = _literal(host)
    if literal is not None:
        yield place_of(literal)
        return
    if host in _METADATA:
        yield Place.FORBIDDEN
    if host in _HERE or host.endswith(".localhost"):
        yield Place.PRIVATE
        return
    for text in resolve(host):
        yield _place(text)


def _place(text: str) -> Place:
    try:
        return place_of(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return Place.FORBIDDEN


def _host(url: str) -> str:
    """The host that any client would ask. Raises `ResourceInvalidError` where they may differ."""
    if len(url) > _LONGEST or any(not _plain(character) for character in url):
        raise _refused("it has a space, a backslash or a character that no URL has, or is too long")
    match = _URL.fullmatch(url)
    if match is None or match[1].lower() not in _SCHEMES:
        raise _refused("it is to be http(s)://host or ws(s)://host, without a #fragment")
    authority = match[2]
    user = _USER.match(authority)
    place = authority[user.end() :] if user else authority
    port = _PORT.search(place)
    if port is not None and int(port[1] or 0) > 65_535:
        raise _refused("its port is above 65535")
    return _plain_host(place[: port.start()] if port else place)


def _plain(character: str) -> bool:
    return character.isprintable() and character not in ' \\\\"<>^`{|}' and character != "\u00ad"


def _plain_host(text: str) -> str:
    if text.startswith("[") and text.endswith("]"):
        return _ipv6(text[1:-1])
    host = _ascii(text)
    labels = host.split(".")
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise _refused("its host is no name and no address")
    if _NUMBER.fullmatch(labels[-1]) and _literal(host) is None:
        raise _refused("an IPv4 address is to be four decimal numbers")
    return host


def _ascii(text: str) -> str:
    """Names in other scripts as resolvers ask for them."""
    host = text.lower().removesuffix(".")
    if host.isascii():
        return host
    try:
        written = unicodedata.normalize("NFKC", host).encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise _refused("its host is no name and no address") from None
    last = written.removesuffix(".").rpartition(".")[2]
    if _NUMBER.fullmatch(last) or any(one.isdigit() and not one.isascii() for one in host):
        raise _refused("digits are to be plain ones")
    return written.removesuffix(".")


def _ipv6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text)) if "%" not in text else _zone()
    except ValueError:
        raise _refused("its host is no IPv6 address") from None


def _zone() -> str:
    raise _refused("an address with a zone is of this machine's network")


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _named(text: str) -> str:
    """An allowed host as `_host` would give it; nothing matches one that is no host."""
    literal = _literal(text.strip().removeprefix("[").removesuffix("]"))
    if literal is not None:
        return str(literal)
    try:
        return _ascii(text.strip())
    except ResourceInvalidError:
        return ""


def _refused(why: str) -> ResourceInvalidError:
    """Does not repeat the address, which may carry a password."""
    return ResourceInvalidError(f"This base_url is not used, since {why}.")
