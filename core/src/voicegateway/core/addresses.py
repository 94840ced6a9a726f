"""What kind of network an address is in, however it is wrapped.

An IPv6 address may carry an IPv4 one (mapped, compatible, 6to4, NAT64, Teredo, ISATAP): it leads
where the inner one does, so the worse of the two counts.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

__all__ = ["Address", "Place", "place_of"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Place(IntEnum):
    """The worse, the greater."""

    PUBLIC = 0
    PRIVATE = 1
    """This machine or its network."""
    FORBIDDEN = 2
    """Never a provider: link-local, where clouds keep their metadata, multicast, broadcast."""


_METADATA: Final = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",  # most clouds
            "100.100.100.200",  # Alibaba
            "168.63.129.16",  # Azure's wire server
            "192.0.0.192",  # Oracle
            "fd00:ec2::254",  # AWS
            "fd20:ce::254",  # Google
        ),
    )
)
_FORBIDDEN: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/128",
            "fe80::/10",
            "ff00::/8",
        ),
    )
)
_WRAPPERS: Final = frozenset(
    int(ipaddress.IPv6Address(prefix)) >> 32
    for prefix in ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::")
)
"""The upper 96 bits of compatible, mapped, translated and NAT64 addresses."""
_LOCAL_NAT64: Final = ipaddress.IPv6Network("64:ff9b:1::/48")
_SITE_LOCAL: Final = ipaddress.IPv6Network("fec0::/10")
_LOW_32: Final = 0xFFFF_FFFF
_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)


def place_of(address: Address) -> Place:
    """The worst of the address and those that it carries."""
    return max(_own_place(one) for one in (address, *_carried(address)))


def _own_place(address: Address) -> Place:
    if address in _METADATA or any(_within(address, network) for network in _FORBIDDEN):
        return Place.FORBIDDEN
    outside = address.is_global and not _within(address, _SITE_LOCAL)
    return Place.PUBLIC if outside else Place.PRIVATE


def _carried(address: Address) -> Iterator[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return
    high, low = int(address) >> 32, ipaddress.IPv4Address(int(address) & _LOW_32)
    wrapped = high in _WRAPPERS or high & _LOW_32 in _ISATAP
    if (wrapped and int(address) > 1) or address in _LOCAL_NAT64:
        yield low
    if address.sixtofour is not None:
        yield address.sixtofour
    yield from address.teredo or ()


def _within(address: Address, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    return address.version == network.version and address in network
