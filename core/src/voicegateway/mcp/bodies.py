"""The body of a request, looked at before the SDK does: that quotes one that it cannot read, in its
answer and in the log, and a key may be in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from voicegateway.mcp.faults import Fault

if TYPE_CHECKING:
    from starlette.types import Message, Receive

__all__ = ["LONGEST", "checked", "replayed", "whole"]

LONGEST: Final = 1_048_576


async def whole(receive: Receive) -> bytes | None:
    """None if the client left before all of it came. Raises `Fault` with code
    `PAYLOAD_TOO_LARGE`."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > LONGEST:
            raise Fault("PAYLOAD_TOO_LARGE", f"The body is larger than {LONGEST:,} bytes.")
        if not message.get("more_body", False):
            return bytes(body)


def checked(body: bytes) -> bytes:
    """Raises `Fault` with code `BAD_REQUEST` for what is no message of the protocol."""
    from mcp_types import jsonrpc_message_adapter

    try:
        jsonrpc_message_adapter.validate_python(json.loads(body), by_name=False)
    except (ValueError, RecursionError):
        raise Fault(
            "BAD_REQUEST", "The body is no JSON-RPC request, notification or response."
        ) from None
    return body


def replayed(body: bytes, receive: Receive) -> Receive:
    """A body that was read already, and then whatever comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return left.pop() if left else await receive()

    return again
