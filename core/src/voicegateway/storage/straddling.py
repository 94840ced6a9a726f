"""Sessions with more than one row in `rollup_sessions`: over midnight, or in two projects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from voicegateway.storage.engine import Connection

__all__ = ["Straddling", "find_all_straddling"]

_MOST_REMEMBERED: Final = 2_048
"""Sessions come and go: what is forgotten is looked up once more."""
_ROWS: Final = """
INSERT INTO straddling_sessions (day, session_id, project_id)
SELECT r.day, r.session_id, r.project_id FROM rollup_sessions r
"""
_OF_ONE: Final = f"""{_ROWS}
WHERE r.session_id = ? AND EXISTS (
  SELECT 1 FROM rollup_sessions o
  WHERE o.session_id = r.session_id AND (o.day <> r.day OR o.project_id <> r.project_id)
)
ON CONFLICT (day, session_id, project_id) DO NOTHING
"""  # noqa: S608 - our own names
_OF_ALL: Final = f"""{_ROWS}
WHERE r.session_id <> 0 AND r.session_id IN (
  SELECT m.session_id FROM rollup_sessions m GROUP BY m.session_id HAVING COUNT(*) > 1
)
"""  # noqa: S608 - our own names


class Straddling:
    """Looks once at each row that this process adds to, when it first does."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen: set[tuple[int, ...]] = set()

    def forget(self) -> None:
        """After a rollback."""
        self._seen.clear()

    def note(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Rows of `rollup_sessions` (day, session, project) that were just written."""
        if len(self._seen) >= _MOST_REMEMBERED:
            self._seen.clear()
        for row in sorted(row for row in rows if row[1] and row not in self._seen):
            self._connection.change(_OF_ONE, (row[1],))
            self._seen.add(row)


def find_all_straddling(connection: Connection) -> None:
    """After all rows were made anew."""
    connection.change("DELETE FROM straddling_sessions")
    connection.change(_OF_ALL)
