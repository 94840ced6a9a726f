"""Whether the ledger can be read and written, and whether anything was lost on the way to it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from voicegateway.cli.doctor import spool
from voicegateway.cli.doctor.findings import Finding, amiss, note
from voicegateway.cli.reading import ledger_of
from voicegateway.core.config import LedgerPlace, database_target
from voicegateway.core.engines import engine_factory
from voicegateway.core.gateway import Gateway
from voicegateway.errors import LedgerError, VoiceGatewayError
from voicegateway.storage.engine import Engine, Trouble
from voicegateway.storage.queries import Reader, WriterInfo, dead_writers, health
from voicegateway.storage.schema import schema_version
from voicegateway.storage.targets import engine_for, scheme_of

__all__ = ["examined"]

_PATIENCE_SECONDS: Final = 3.0
_RECENT_US: Final = 7 * 86_400_000_000
"""Losses of processes that began earlier are history."""
_FIXES: Final = {
    "locked": "end the process that holds it: `lsof` of the file, or the database's own list",
    "away": "bring the database back, or mend its address in VOICEGW_DB_PATH or db_path",
    "full": "free some disk, or move the ledger: VOICEGW_DB_PATH",
    "unwritable": "give the file and its folder to the user that runs voicegw: chown, chmod u+w",
    "corrupt": "move the file away, so that a new one is made, and restore a backup",
    "schema": "upgrade voicegw here, or point VOICEGW_DB_PATH elsewhere",
}
_LOST_FIX: Final = (
    "those calls are in no sum: end what caused it, and `voicegw reconcile` with the vendor's "
    "export shows what is missing"
)


def examined(gateway: Gateway) -> Iterator[Finding]:
    tracking = gateway.config.cost_tracking
    if not (tracking.enabled and gateway.config.observability.cost_tracking):
        yield note("ledger", "turned off by cost_tracking, so nothing is metered")
        return
    target = database_target(tracking.db_path)
    path = Path(target)
    if scheme_of(target) is None and not path.exists():
        yield _unmade(path)
        return
    try:
        engine = engine_for(target, engine_factory=engine_factory(target))
    except VoiceGatewayError as error:
        fix = "pip install the plugin of that ledger engine, such as voicegw-postgres"
        yield amiss("ledger", str(error), fix)
        return
    yield from spool.examined(engine)
    try:
        with ledger_of(LedgerPlace(target)) as reader:
            yield from _contents(reader)
    except LedgerError as error:
        yield amiss("ledger", str(error), _read_fix(engine, error))
        return
    yield from _unwritable(engine)


def _contents(reader: Reader) -> Iterator[Finding]:
    found = health(reader)
    yield note("ledger", f"{reader.name}, {found.open} attempts open")
    now_us = time.time_ns() // 1000
    for writer in found.writers:
        if writer.lost:
            yield _lost(writer, recent=writer.live or now_us - writer.opened_us < _RECENT_US)
    for dead in dead_writers(reader):
        what = (
            f"process {dead.pid} on {dead.host} died and left {dead.open} attempts open"
            f"{' and budget on hold' if dead.leases else ''}"
        )
        fix = "start an agent or `voicegw serve` on this ledger: it settles them as abandoned"
        yield amiss("ledger", what, fix)


def _lost(writer: WriterInfo, *, recent: bool) -> Finding:
    host = writer.host.partition("/")[0]
    why = f": {writer.last_error}" if writer.last_error else ""
    what = f"process {writer.pid} on {host} lost {writer.lost} records{why}"
    return amiss("ledger", what, _LOST_FIX) if recent else note("ledger", what)


def _unwritable(engine: Engine) -> Iterator[Finding]:
    """Begins to write, and takes it back: permissions alone do not tell."""
    until = time.monotonic() + _PATIENCE_SECONDS
    trouble = _write_trouble(engine)
    while trouble is not None and trouble.kind == "locked" and time.monotonic() < until:
        time.sleep(0.05)
        trouble = _write_trouble(engine)
    if trouble is not None:
        fix = _FIXES.get(trouble.kind, "see what the database's own log says")
        yield amiss("ledger", f"it cannot be written: {trouble.message}", fix)


def _write_trouble(engine: Engine) -> Trouble | None:
    try:
        connection = engine.connect()
    except Exception as error:  # noqa: BLE001 - each engine has errors of its own
        return engine.trouble(error)
    try:
        connection.begin_write()
        if schema_version(connection):
            connection.change("UPDATE meta SET value = value WHERE name = 'schema_version'")
    except Exception as error:  # noqa: BLE001 - as above
        return engine.trouble(error)
    finally:
        connection.rollback()
        connection.close()
    return None


def _read_fix(engine: Engine, error: LedgerError) -> str:
    cause = error.__cause__
    kind = engine.trouble(cause).kind if isinstance(cause, Exception) else "schema"
    return _FIXES.get(kind, "check VOICEGW_DB_PATH and cost_tracking.db_path")


def _unmade(path: Path) -> Finding:
    """A ledger that nothing has written to yet, and whether something could."""
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if os.access(folder, os.W_OK):
        return note("ledger", f"{path}, made when the first call is metered")
    what = f"{path} cannot be made: {folder} cannot be written"
    return amiss("ledger", what, f"chmod u+w {folder}, or set VOICEGW_DB_PATH elsewhere")
