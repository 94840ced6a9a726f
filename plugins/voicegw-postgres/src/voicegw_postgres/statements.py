"""The ledger's statements as PostgreSQL wants them: `$1` for `?`, and one statement for a batch.

A batch as arrays is one round trip and one plan instead of one a row, and unlike a long list of
`VALUES` it is the same statement for any number of rows. Rows come out of `unnest` in the order
they went in, so that locks are taken in the order the ledger sorted them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

__all__ = ["Batch", "Listed", "batch_of", "listed_in", "numbered"]

_INSERT: Final = re.compile(r"INSERT INTO (\w+) \(([\w, ]+)\) VALUES \([?, ]+\)([^?]*)")
_LISTED: Final = re.compile(
    r"([^?]*)\(VALUES (\(\?(?:, \?)*\))(?:, \(\?(?:, \?)*\)){3,}\)([^?]*)", re.DOTALL
)
_DELETE: Final = re.compile(r"DELETE FROM (\w+) WHERE (\w+ = \?(?: AND \w+ = \?)*)")


@dataclass(frozen=True, slots=True)
class Batch:
    """A statement that can be run for many rows at once."""

    table: str
    columns: tuple[str, ...]
    template: str

    def sql(self, types: Sequence[str]) -> str:
        """With the types of the columns, `bigint` or `text`."""
        arrays = ", ".join(f"${at}::{name}[]" for at, name in enumerate(types, 1))
        return self.template.replace("{arrays}", arrays)


@lru_cache(maxsize=512)
def numbered(sql: str) -> str:
    """`?` becomes `$1`, `$2`, …: the ledger uses a question mark for nothing else."""
    head, *rest = sql.split("?")
    return head + "".join(f"${at}{part}" for at, part in enumerate(rest, 1))


@dataclass(frozen=True, slots=True)
class Listed:
    """A statement over a long list of `VALUES`, and nothing else that has parameters."""

    before: str
    after: str
    width: int

    def sql(self, types: Sequence[str]) -> str:
        """With the types of the list's columns, `bigint` or `text`."""
        arrays = ", ".join(f"${at}::{name}[]" for at, name in enumerate(types, 1))
        return f"{self.before}(SELECT * FROM unnest({arrays})){self.after}"  # noqa: S608 - the ledger's own


@cache
def listed_in(sql: str) -> Listed | None:
    """How to give a list as arrays: the server reads two of those faster than a thousand
    parameters. None if the statement has no such list."""
    match = _LISTED.fullmatch(sql)
    if match is None:
        return None
    before, first, after = match.group(1, 2, 3)
    return Listed(before, after, first.count("?"))


@cache
def batch_of(sql: str) -> Batch | None:
    """How to run a statement for many rows at once; None if only one by one."""
    if (insert := _INSERT.fullmatch(sql)) is not None:
        table, names, rest = insert.groups()
        columns = tuple(name.strip() for name in names.split(","))
        template = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({{arrays}}){rest}"  # noqa: S608 - the ledger's own
        return Batch(table, columns, template)
    if (delete := _DELETE.fullmatch(sql)) is not None:
        table, where = delete.groups()
        columns = tuple(re.findall(r"(\w+) = \?", where))
        names = ", ".join(columns)
        equal = " AND ".join(f"{table}.{name} = wanted.{name}" for name in columns)
        template = f"DELETE FROM {table} USING unnest({{arrays}}) AS wanted ({names}) WHERE {equal}"  # noqa: S608 - the ledger's own
        return Batch(table, columns, template)
    return None
