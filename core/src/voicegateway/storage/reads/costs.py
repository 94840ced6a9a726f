"""What was spent in a period, by provider, model, modality, project and session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from voicegateway.storage.engine import Connection
from voicegateway.storage.models import usd
from voicegateway.storage.reads.costliest import costliest_sessions
from voicegateway.storage.reads.names import (
    Leg,
    find_project,
    legs_by_id,
    matching_legs,
    projects_by_id,
    session_names,
)
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import Reader
from voicegateway.storage.reads.spans import Spans, spans_of
from voicegateway.storage.reads.sums import ADDED, Sum, source, total
from voicegateway.storage.reads.texts import units_json, usd_text

__all__ = ["CostRow", "Costs", "LegTotal", "costs", "usage_by_leg"]

_SESSIONS: Final = 1000
_NO_PROJECT: Final = -1


@dataclass(frozen=True, slots=True)
class CostRow:
    """One group. `key` is None for attempts outside any session."""

    key: str | None
    sum: Sum

    def to_json(self) -> dict[str, object]:
        return {
            "key": self.key,
            "cost_usd": usd_text(self.sum.cost_nano),
            "requests": self.sum.requests,
            "unpriced_requests": self.sum.unpriced,
            "units": units_json(self.sum.units),
        }


@dataclass(frozen=True, slots=True)
class Costs:
    """The costliest group comes first. Attempts that are still open are in none."""

    period: Period
    total: Sum
    by_provider: tuple[CostRow, ...]
    by_model: tuple[CostRow, ...]
    """Keys as in a model string: `provider/model`."""
    by_modality: tuple[CostRow, ...]
    by_project: tuple[CostRow, ...]
    by_session: tuple[CostRow, ...]
    """The costliest only, as many as were asked for."""

    @property
    def total_usd(self) -> Decimal:
        """The sum of the known costs."""
        return usd(self.total.known_nano) or Decimal(0)

    def to_json(self) -> dict[str, object]:
        """As `voicegw costs --json` prints it."""
        groups = ("by_provider", "by_model", "by_modality", "by_project", "by_session")
        return {
            "period": self.period.to_json(),
            "total_usd": usd_text(self.total.known_nano),
            "requests": self.total.requests,
            "unpriced_requests": self.total.unpriced,
            **{name: [row.to_json() for row in getattr(self, name)] for name in groups},
        }


@dataclass(frozen=True, slots=True)
class LegTotal:
    """What one model in one role consumed in one project."""

    project: str
    leg: Leg
    sum: Sum


def costs(
    reader: Reader,
    period: Period,
    *,
    project: str | None = None,
    provider: str | None = None,
    model: str | None = None,
    modality: str | None = None,
    sessions: int | None = _SESSIONS,
) -> Costs:
    """The costs of a period, of one project or of all; at most `sessions` of the sessions (None:
    all, 0: none, which is fastest). `model` is `provider/model` or the model alone; of a provider,
    a model or a modality there are no sums by session. Raises `LedgerError` if the ledger cannot
    be read."""
    with reader.snapshot() as connection:
        project_id = _project_id(connection, project)
        wanted = matching_legs(connection, model, modality, provider)
        legs = _by_leg(connection, spans_of(connection, period), project_id, wanted)
        edges = spans_of(connection, period, quarters=False)
        most = sessions if wanted is None else 0
        by_session = _by_session(connection, edges, project_id, most)
    return Costs(
        period=period,
        total=total(leg.sum for leg in legs),
        by_provider=_grouped(legs, lambda one: one.leg.provider),
        by_model=_grouped(legs, lambda one: one.leg.name),
        by_modality=_grouped(legs, lambda one: one.leg.modality.value),
        by_project=_grouped(legs, lambda one: one.project),
        by_session=by_session,
    )


def usage_by_leg(reader: Reader, period: Period, *, project: str | None = None) -> list[LegTotal]:
    """The same sums, project by project and leg by leg."""
    with reader.snapshot() as connection:
        project_id = _project_id(connection, project)
        return _by_leg(connection, spans_of(connection, period), project_id)


def _project_id(connection: Connection, project: str | None) -> int | None:
    if project is None:
        return None
    found = find_project(connection, project)
    return _NO_PROJECT if found is None else found


def _by_leg(
    connection: Connection, spans: Spans, project_id: int | None, wanted: list[int] | None = None
) -> list[LegTotal]:
    sql, params = source(spans, ("project_id", "leg_id"), project_id)
    projects, legs = projects_by_id(connection), legs_by_id(connection)
    found = []
    for row in connection.execute(
        f"SELECT project_id, leg_id, {ADDED} FROM ({sql}) s GROUP BY project_id, leg_id",  # noqa: S608 - our own names
        params,
    ):
        one = Sum()
        one.add(row[2:])
        if one.requests and (wanted is None or row[1] in wanted):
            found.append(LegTotal(projects[row[0]], legs[row[1]], one))
    return found


def _by_session(
    connection: Connection, spans: Spans, project_id: int | None, most: int | None
) -> tuple[CostRow, ...]:
    if most == 0:
        return ()
    if most is not None and project_id is None:
        return _named(connection, costliest_sessions(connection, spans, most), most)
    sql, params = source(spans, ("session_id",), project_id, days="rollup_sessions")
    limit = "" if most is None else f"LIMIT {int(most)}"
    found = []
    for row in connection.execute(
        f"SELECT n.name, t.* FROM (SELECT session_id, {ADDED} FROM ({sql}) s "  # noqa: S608 - our own names
        f"GROUP BY session_id ORDER BY SUM(cost_nano) DESC, session_id DESC {limit}) t "
        "LEFT JOIN sessions n ON n.id = t.session_id",
        params,
    ):
        one = Sum()
        one.add(row[2:])
        found.append(CostRow(row[0], one))
    return _ordered(found)


def _named(connection: Connection, found: list[tuple[int, Sum]], most: int) -> tuple[CostRow, ...]:
    found.sort(key=lambda one: (-one[1].known_nano, one[0]))
    names = session_names(connection, [session for session, _ in found[:most]])
    return _ordered([CostRow(names.get(session), one) for session, one in found[:most]])


def _grouped(legs: list[LegTotal], key: Callable[[LegTotal], str]) -> tuple[CostRow, ...]:
    sums: dict[str, Sum] = {}
    for one in legs:
        sums.setdefault(key(one), Sum()).merge(one.sum)
    return _ordered([CostRow(name, one) for name, one in sums.items()])


def _ordered(rows: list[CostRow]) -> tuple[CostRow, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.sum.known_nano, row.key or "")))
