"""Whether the server would be open to strangers, and what becomes of its keys."""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Iterator
from typing import Final

from voicegateway.cli.doctor.findings import Finding, amiss, note
from voicegateway.core.access.book import holds
from voicegateway.core.access.fixed import fixed_keys
from voicegateway.core.access.opening import key_store
from voicegateway.core.access.tokens import is_strong
from voicegateway.core.gateway import Gateway
from voicegateway.core.schema import GatewayConfig
from voicegateway.errors import VoiceGatewayError
from voicegateway.storage.keys import KeyRow

__all__ = ["examined", "host_of", "is_loopback", "usable_keys"]

_DAY_US: Final = 86_400_000_000
_SOON_DAYS: Final = 14
_OLD_DAYS: Final = 365


def examined(gateway: Gateway) -> Iterator[Finding]:
    host, now_us = host_of(gateway.config), _now_us()
    rows = _kept(gateway.config)
    held = [row for row in rows if holds(row, now_us)]
    yield from _lapsing(rows, now_us)
    if is_loopback(host):
        return
    fixed = fixed_keys(gateway.config.auth)
    if not (held or fixed):
        fix = "`voicegw keys create NAME --scopes read`, or bind 127.0.0.1 behind a proxy"
        what = f"it is bound to {host} and there is no API key, so it will not start"
        yield amiss("server", what, fix)
    for row in held:
        days = (now_us - row.created_us) // _DAY_US
        if row.expires_us is None and days > _OLD_DAYS:
            what = f"bound to {host}, it takes the key {row.name!r}, which is {days} days old"
            yield amiss("server", what, _renewal(row))
    for key in fixed:
        if key.token is not None and not is_strong(key.token):
            what = f"bound to {host}, it takes the key {key.identity.name!r}, which is short"
            fix = "take 32 random characters or more; `voicegw keys create NAME` makes such a key"
            yield amiss("server", what, fix)


def _lapsing(rows: list[KeyRow], now_us: int) -> Iterator[Finding]:
    for row in rows:
        left = None if row.expires_us is None else row.expires_us - now_us
        if left is None or left > _SOON_DAYS * _DAY_US:
            continue
        if left <= 0:
            yield note("keys", f"{row.name!r} has expired", f"voicegw keys revoke {row.id}")
        else:
            what = f"{row.name!r} expires in {_span(left)}"
            yield amiss("keys", what, _renewal(row))


def _renewal(row: KeyRow) -> str:
    return (
        f"`voicegw keys create {row.name} --scopes {row.scopes} --expires 365d`, give it to its "
        f"users, then `voicegw keys revoke {row.id}`"
    )


def _span(left_us: int) -> str:
    days = left_us // _DAY_US
    return f"{days} days" if days > 1 else f"{left_us // 3_600_000_000} hours"


def host_of(config: GatewayConfig) -> str:
    """Where `voicegw serve` listens if it is not told otherwise."""
    return os.environ.get("VOICEGW_HOST") or config.server.host


def usable_keys(config: GatewayConfig) -> int:
    """Of the store, the config and the environment; of a store that cannot be read, none."""
    now_us = _now_us()
    return sum(holds(row, now_us) for row in _kept(config)) + len(fixed_keys(config.auth))


def is_loopback(host: str) -> bool:
    """False for a name: what it means may change."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _kept(config: GatewayConfig) -> list[KeyRow]:
    """Those of the store that were not revoked."""
    try:
        return [row for row in key_store(config).rows() if row.revoked_us is None]
    except VoiceGatewayError:  # told where the ledger is looked at
        return []


def _now_us() -> int:
    return time.time_ns() // 1000
