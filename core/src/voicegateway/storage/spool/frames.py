"""Payloads in a file, each with its length and a checksum, so that one which a killed process
did not finish, or which the disk spoilt, is known for what it is."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO, Final

__all__ = ["framed", "read_frame"]

_HEAD: Final = struct.Struct(">II")
"""Length of the payload in bytes, CRC-32 of the payload."""
_MOST: Final = 1 << 28


def framed(payload: bytes) -> bytes:
    """Raises `ValueError` for one that is too large to be read back."""
    if len(payload) > _MOST:
        raise ValueError("too large for one frame")
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def read_frame(file: BinaryIO) -> bytes | None:
    """The payload of the frame that begins where the file stands; None if there is no whole and
    sound frame."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    length, checksum = _HEAD.unpack(head)
    if length > _MOST:
        return None
    payload = file.read(length)
    return payload if len(payload) == length and zlib.crc32(payload) == checksum else None
