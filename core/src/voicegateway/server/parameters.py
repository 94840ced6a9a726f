"""Query parameters that several paths share, and the refusal of those that a path does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from voicegateway.core.faults import nearest
from voicegateway.operations import Operations, Window

__all__ = [
    "Confirm",
    "Desk",
    "Limit",
    "Name",
    "NameInPath",
    "ProjectOf",
    "WindowQuery",
    "only_known",
]

Name = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
NameInPath = Annotated[str, Path(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
ProjectOf = Annotated[Name | None, Query(description="With the settings of this project.")]
Confirm = Annotated[bool, Query(description="Delete it; else the answer says what would be.")]
Limit = Annotated[int, Field(ge=1, le=500, description="Rows of a page.")]
Moment = Annotated[
    str,
    Field(
        max_length=40,
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+([+-][0-9:]+|Z)?)?$",
        examples=["2026-11-01", "2026-11-01T14:00:00Z"],
    ),
]


class WindowQuery(BaseModel):
    """A named period, or a start and an end; without either this month."""

    period: Literal["today", "week", "month"] | None = Field(
        None, description="Of the ledger's zone. The week is from Monday, the month from the 1st."
    )
    start: Moment | None = Field(None, description="From this day or moment on; needs `end`.")
    end: Moment | None = Field(None, description="To the end of this day, or up to this moment.")

    @property
    def narrows_time(self) -> bool:
        return (self.period, self.start, self.end) != (None, None, None)

    @property
    def window(self) -> Window:
        return Window(self.period, self.start, self.end)


async def _desk(request: Request) -> Operations:
    found: Operations = request.app.state.operations
    return found


Desk = Annotated[Operations, Depends(_desk)]


async def only_known(request: Request) -> None:
    """Refuses a parameter that the path does not have, and one that is given twice: a slip would
    otherwise answer another question than the one that was asked."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known, several = _parameters(route)
    faults = []
    for name in request.query_params:
        if name not in known:
            hint = nearest(name, known) or (
                f": the parameters here are {', '.join(sorted(known))}" if known else ""
            )
            faults.append((name, f"no known parameter{hint}"))
        elif name not in several and len(request.query_params.getlist(name)) > 1:
            faults.append((name, "given more than once"))
    if faults:
        raise RequestValidationError(
            [{"type": "parameter", "loc": ("query", name), "msg": said} for name, said in faults]
        )


def _queried(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.query_params
    for one in dependant.dependencies:
        yield from _queried(one)


def _parameters(route: APIRoute) -> tuple[frozenset[str], frozenset[str]]:
    """All that a path knows, and those of them that may be given several times."""
    known, several = set(), set()
    for field in _queried(route.dependant):
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, own in kind.model_fields.items():
                known.add(own.alias or name)
                if "list[" in str(own.annotation):
                    several.add(own.alias or name)
        else:
            known.add(field.alias)
    return frozenset(known), frozenset(several)
