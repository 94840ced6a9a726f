"""What the ledger knows of: projects, models, totals since it began, and its own health."""

from __future__ import annotations

from dataclasses import dataclass

from voicegateway.storage.codes import OUTCOME_WORD
from voicegateway.storage.models import LedgerOutcome
from voicegateway.storage.reads.names import Leg, legs_by_id, projects_by_id
from voicegateway.storage.reads.reader import Reader
from voicegateway.storage.reads.sums import ADDED, Sum
from voicegateway.storage.schema import get_meta, schema_version

__all__ = ["Health", "OutcomeTotal", "WriterInfo", "all_time", "health", "legs", "projects"]


@dataclass(frozen=True, slots=True)
class OutcomeTotal:
    """One project, model and outcome since the ledger began."""

    project: str
    leg: Leg
    outcome: LedgerOutcome
    sum: Sum


@dataclass(frozen=True, slots=True)
class WriterInfo:
    """A process that writes, or that lost records when it did."""

    host: str
    pid: int
    opened_us: int
    live: bool
    """It has not closed its ledger and nobody found it dead; only looked at while it has rows
    open."""
    lost: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Health:
    schema_version: int
    timezone: str
    open: int
    """Attempts running now, or left by a process not yet settled."""
    newest_us: int | None
    """When the newest ended attempt started."""
    lost: int
    """Records that never reached the ledger, as far as their process could still say."""
    writers: tuple[WriterInfo, ...]


def projects(reader: Reader) -> list[str]:
    """All that ever had an attempt, sorted."""
    with reader.snapshot() as connection:
        return sorted(projects_by_id(connection).values())


def legs(reader: Reader) -> list[Leg]:
    """All models ever used, in the order they were first met."""
    with reader.snapshot() as connection:
        return list(legs_by_id(connection).values())


def all_time(reader: Reader) -> list[OutcomeTotal]:
    """Totals that only grow, for counters."""
    with reader.snapshot() as connection:
        names, models = projects_by_id(connection), legs_by_id(connection)
        found = []
        for row in connection.execute(
            f"SELECT project_id, leg_id, outcome, {ADDED} FROM rollup_days "  # noqa: S608 - our own names
            "GROUP BY project_id, leg_id, outcome"
        ):
            one = Sum()
            one.add(row[3:])
            found.append(OutcomeTotal(names[row[0]], models[row[1]], OUTCOME_WORD[row[2]], one))
        return found


def health(reader: Reader) -> Health:
    """What `voicegw doctor` wants to know."""
    with reader.snapshot() as connection:
        writers = tuple(
            WriterInfo(host, pid, opened, lease is not None, lost, error)
            for host, pid, opened, lease, lost, error in connection.execute(
                "SELECT host, pid, opened_us, lease_until_us, lost, last_error FROM processes "
                "WHERE lease_until_us IS NOT NULL OR lost > 0 ORDER BY id"
            )
        )
        ((running,),) = connection.execute("SELECT COUNT(*) FROM open_attempts")
        ((newest,),) = connection.execute("SELECT MAX(started_us) FROM attempts")
        return Health(
            schema_version=schema_version(connection),
            timezone=get_meta(connection, "timezone") or "UTC",
            open=running,
            newest_us=newest,
            lost=sum(writer.lost for writer in writers),
            writers=writers,
        )
