"""Make Kokoro's voices file out of single voices.

The file is what `numpy.savez` writes: an uncompressed zip archive of arrays. It is written here
field by field, because neither numpy (an engine's need, not ours) nor `zipfile` (whose headers
changed in Python 3.11.4) would give the same bytes, and so the pinned sha256, everywhere.
Formats: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT and
https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

__all__ = ["voices_file"]

_ARRAY = "{'descr': '<f4', 'fortran_order': False, 'shape': (510, 1, 256), }"
_HEADER = b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + _ARRAY.ljust(117).encode() + b"\n"

_VERSION = 45  # of the format: it has the field for large files
_UNIX = 3
_EPOCH = 0x21  # 1 January 1980, the first day there is in a zip archive
_MODE = 0o600 << 16
_IN_FIELD = 0xFFFFFFFF  # "the size stands in the field for large files"


def voices_file(members: Mapping[str, bytes]) -> Iterator[bytes]:
    """`.../af_heart.bin` and the like, 32-bit floats of shape 510 x 1 x 256 each, to the pieces of
    one file."""
    directory, offset = [], 0
    for member, floats in members.items():
        name, array = f"{PurePosixPath(member).stem}.npy".encode(), _HEADER + floats
        crc, size = zlib.crc32(array), len(array)
        local = _local(name, crc, size)
        directory.append(_central(name, crc, size, offset))
        offset += len(local) + size
        yield local
        yield array
    yield b"".join(directory)
    yield _end(len(directory), sum(map(len, directory)), offset)


def _local(name: bytes, crc: int, size: int) -> bytes:
    common = struct.pack("<HHHHH", _VERSION, 0, 0, 0, _EPOCH)
    sizes = struct.pack("<LLLHH", crc, _IN_FIELD, _IN_FIELD, len(name), 20)
    return b"PK\x03\x04" + common + sizes + name + struct.pack("<HHQQ", 1, 16, size, size)


def _central(name: bytes, crc: int, size: int, offset: int) -> bytes:
    common = struct.pack("<BBHHHHH", _VERSION, _UNIX, _VERSION, 0, 0, 0, _EPOCH)
    sizes = struct.pack("<LLLHHH", crc, size, size, len(name), 0, 0)
    return b"PK\x01\x02" + common + sizes + struct.pack("<HHLL", 0, 0, _MODE, offset) + name


def _end(count: int, size: int, offset: int) -> bytes:
    return b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count, count, size, offset, 0)
