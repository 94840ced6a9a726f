"""Where the server listens. Without a key, on this machine's own addresses alone."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from voicegateway.core.access.authenticator import Authenticator
from voicegateway.core.access.fixed import fixed_keys
from voicegateway.core.access.opening import key_store
from voicegateway.core.schema import GatewayConfig
from voicegateway.errors import ConfigError
from voicegateway.server.origins import is_loopback

__all__ = ["Address", "bound", "chosen_address", "has_usable_key", "require_key_for"]

_BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, as it was asked for."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def chosen_address(
    config: GatewayConfig,
    host: str | None = None,
    port: int | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Address:
    """The options, `VOICEGW_HOST` and `VOICEGW_PORT`, the config. Raises `ConfigError`."""
    wanted = host or environ.get("VOICEGW_HOST") or config.server.host
    if port is None:
        port = _port(environ.get("VOICEGW_PORT"), config.server.port)
    return Address(wanted.removeprefix("[").removesuffix("]"), port)


def has_usable_key(config: GatewayConfig) -> bool:
    """Waits for the database. Raises `LedgerError` if that alone could tell."""
    access = Authenticator(key_store(config), fixed_keys(config.auth))
    if not access.usable:
        access.refresh()
    return access.usable


def require_key_for(address: Address, config: GatewayConfig) -> None:
    """Raises `ConfigError` for an address that others can reach while nobody has a key."""
    if all(map(is_loopback, _resolved(address))) or has_usable_key(config):
        return
    raise ConfigError(
        f"There is no API key, and {address} can be reached from other machines: make a key with "
        "`voicegw keys create NAME --scopes read,write`, or listen on 127.0.0.1."
    )


def bound(address: Address) -> socket.socket:
    """A socket that listens there. Raises `ConfigError` with one sentence if it cannot."""
    family = socket.AF_INET6 if ":" in _resolved(address)[0] else socket.AF_INET
    # The protocol is named since asyncio sends at once only on sockets that name it: else each
    # answer on a kept connection waits 40 ms for the client's acknowledgement.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((_resolved(address)[0], address.port))
        made.listen(_BACKLOG)
    except OSError as error:
        made.close()
        raise ConfigError(_why_not(address, error)) from None
    return made


def _port(stated: str | None, otherwise: int) -> int:
    if not stated:
        return otherwise
    if not (stated.isdecimal() and stated.isascii() and int(stated) <= 65_535):
        raise ConfigError("VOICEGW_PORT is no port: give a number from 0 to 65535.")
    return int(stated)


def _resolved(address: Address) -> list[str]:
    """Every address that the name means."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ConfigError(
            f"The host {address.host!r} is not known here: set --host, VOICEGW_HOST or "
            "server.host to an address of this machine."
        ) from None
    return [str(one[4][0]) for one in found]


def _why_not(address: Address, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{address} is taken by another process: stop it, or choose another --port."
    if error.errno == errno.EACCES:
        return f"This user may not listen on {address}: choose a --port from 1024 on."
    return f"The server cannot listen on {address}: {error.strerror}."
