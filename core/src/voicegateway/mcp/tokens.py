"""Who a request over HTTP is from. Unlike the API on a loopback address, tools always need a
token: what a model may do to a configuration is not open to every program of a machine."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Final

import anyio
import anyio.to_thread

from voicegateway.core.access import EVERYTHING, Authenticator, Identity
from voicegateway.errors import LedgerError, TooManyAttemptsError
from voicegateway.mcp.faults import Fault

__all__ = ["LOCAL", "identify"]

LOCAL: Final = Identity("mcp", EVERYTHING)
"""Whoever may start this program as a child of theirs is its owner."""

_HOW: Final = (
    "make a key with `voicegw keys create NAME --scopes read` (and write, if tools shall change "
    "things) and send it as `Authorization: Bearer KEY`"
)


async def identify(
    access: Authenticator,
    headers: Mapping[str, str],
    client: str,
    threads: anyio.CapacityLimiter,
) -> Identity:
    """`headers` by lower-case name; `client` is the address that the request came from; `threads`
    are for keys alone: whoever guesses must not take those that read the ledger. Raises
    `Fault` with code `UNAUTHENTICATED`, `TOO_MANY_ATTEMPTS` or `UNAVAILABLE`."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Fault("UNAUTHENTICATED", f"The tools need a token over HTTP: {_HOW}.")
    try:
        found = access.recall(token, client) if access.fresh else None
        found = found or await anyio.to_thread.run_sync(
            access.verify, token, client, limiter=threads
        )
    except TooManyAttemptsError as error:
        wait = {"retry_after_seconds": ceil(error.retry_after)}
        raise Fault("TOO_MANY_ATTEMPTS", str(error), wait) from None
    except LedgerError as error:
        raise Fault("UNAVAILABLE", f"Keys cannot be checked: {error}") from None
    if found is None:
        raise Fault("UNAUTHENTICATED", f"This token is unknown, expired or revoked: {_HOW}.")
    return found
