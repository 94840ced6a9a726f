"""Whether the file that managed keys are encrypted with is private."""

from __future__ import annotations

from collections.abc import Iterator

from voicegateway.cli.doctor.findings import Finding, amiss
from voicegateway.core.key_file import key_file, read_keys
from voicegateway.errors import SecretError

__all__ = ["examined"]


def examined() -> Iterator[Finding]:
    path = key_file()
    try:
        read_keys(path)
    except SecretError as error:
        fix = f"chmod 600 {path}, as the user that runs voicegw; if others could read it, then "
        yield amiss("key file", str(error), f"{fix}`voicegw rotate-secret --new-key`")
