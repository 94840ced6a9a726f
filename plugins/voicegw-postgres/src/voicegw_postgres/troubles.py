"""PostgreSQL's errors, sorted by what can be done about them."""

from __future__ import annotations

from typing import Final

import psycopg

from voicegateway.errors import LedgerError
from voicegateway.storage.engine import Trouble, TroubleKind

__all__ = ["message_of", "sorted_error"]

_KINDS: Final[dict[str, TroubleKind]] = {
    "40001": "locked",  # serialization failure
    "40P01": "locked",  # deadlock
    "40003": "away",  # nobody knows whether it committed: ask again on a new connection
    "55P03": "locked",  # lock_timeout
    "57014": "locked",  # statement_timeout
    "53100": "full",
    "53300": "away",  # too many connections
    "25006": "unwritable",  # read only: a standby, or a primary that became one
    "3D000": "unwritable",  # no such database
    "42501": "unwritable",  # no permission
    "54000": "record",  # larger than an index or a row can hold
    "42703": "schema",  # a table of ours without a column of ours
    "42P07": "schema",
    "3F000": "schema",  # no schema to create in
}
_CLASSES: Final[dict[str, TroubleKind]] = {
    "08": "away",
    "57": "away",  # shutting down, starting up, crashed
    "22": "record",
    "23": "record",
    "28": "unwritable",  # password or role refused
    "40": "locked",
    "53": "other",
    "54": "record",
    "XX": "corrupt",
}
_SCHEMA_ADVICE: Final = (
    "give the ledger a database of its own, or a schema (append ?schema=voicegw to the URL)"
)


def sorted_error(error: Exception, name: str) -> Trouble:
    """`name` is how messages call the database."""
    if isinstance(error, LedgerError):
        return Trouble("schema", str(error))
    if not isinstance(error, psycopg.Error):
        return Trouble("record", f"{type(error).__name__}: {error}")
    kind, message = _kind(error), message_of(error)
    if kind == "schema":
        message = f"{message}: {_SCHEMA_ADVICE}"
    return Trouble(kind, f"{message}: {name}")


def message_of(error: psycopg.Error) -> str:
    """The server's own sentence. Its details are left out: they may quote a row."""
    return error.diag.message_primary or " ".join(str(error).split()) or type(error).__name__


def _kind(error: psycopg.Error) -> TroubleKind:
    code = error.sqlstate
    if code is not None:
        return _KINDS.get(code) or _CLASSES.get(code[:2], "other")
    # Without a code it was not the server that spoke, but the client or the network.
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return "away"
    return "record" if isinstance(error, psycopg.DataError) else "other"
