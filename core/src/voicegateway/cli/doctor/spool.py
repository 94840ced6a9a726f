"""What waits on this machine's disk for a database that was out of reach."""

from __future__ import annotations

from collections.abc import Iterator

from voicegateway.cli.doctor.findings import Finding, amiss, note
from voicegateway.errors import LedgerError
from voicegateway.storage.engine import Engine
from voicegateway.storage.spool.folders import spool_folder, spool_limit

__all__ = ["examined"]

_NEARLY = 0.9


def examined(engine: Engine) -> Iterator[Finding]:
    """Rows whose process lives are on their way; those of one that is gone wait for another."""
    if not engine.spools:
        return
    folder = spool_folder(engine.name)
    try:
        size, orphaned, limit = folder.size(), folder.orphaned(), spool_limit()
    except LedgerError as error:
        yield amiss("spool", str(error), "set VOICEGW_SPOOL_MB to a number such as 256")
        return
    except OSError as error:
        fix = f"give {folder.path} to the user that runs voicegw"
        yield amiss("spool", f"it cannot be read: {error.strerror}: {folder.path}", fix)
        return
    what = f"{size / 1e6:.1f} of {limit / 1e6:.0f} MB wait on this machine's disk in {folder.path}"
    if size > limit * _NEARLY:
        fix = "bring the database back, or raise VOICEGW_SPOOL_MB: what no longer fits is lost"
        yield amiss("spool", what, fix)
    elif orphaned:
        what += f", {orphaned / 1e6:.1f} of them left by processes that are gone"
        fix = "start an agent or `voicegw serve` here with this ledger: it writes them"
        yield amiss("spool", what, fix)
    elif size:
        yield note("spool", f"{what} until the database can be reached")
