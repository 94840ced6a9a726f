"""`/v1/events`."""

from __future__ import annotations

from typing import Annotated, Final, cast

from fastapi import Header, Query, Request
from pydantic import BaseModel, Field, field_validator
from starlette.exceptions import HTTPException

from voicegateway.core.access import Scope
from voicegateway.core.config import database_target
from voicegateway.core.engines import engine_factory
from voicegateway.server.auth import require
from voicegateway.server.events.frames import TYPES, EventType, Wanted
from voicegateway.server.events.stream import EventStream
from voicegateway.server.events.watcher import Watcher
from voicegateway.server.parameters import Name
from voicegateway.server.problems import responses
from voicegateway.server.routing import reading
from voicegateway.storage.targets import engine_for

__all__ = ["router"]

router = reading("events")

_MOST_STREAMS: Final = 256
_MOST_CHARACTERS: Final = 2000
_read = require(Scope.READ)

LastEventId = Annotated[str | None, Header(max_length=_MOST_CHARACTERS)]


class EventQuery(BaseModel):
    project: Name | None = Field(
        None, description="Rows and budgets of this project; changes of the configuration all."
    )
    types: str | None = Field(
        None,
        max_length=100,
        description=f"Only these, with commas between them: {', '.join(TYPES)}.",
        examples=["row,budget"],
    )
    last_event_id: str | None = Field(
        None,
        max_length=_MOST_CHARACTERS,
        description="As the header `Last-Event-ID`, which wins: go on after this event.",
    )

    @field_validator("types")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        unknown = sorted(set((value or "row").split(",")) - set(TYPES))
        if unknown:
            raise ValueError(f"an event is one of {', '.join(TYPES)}")
        return value

    @property
    def wanted(self) -> Wanted:
        types = TYPES if self.types is None else self.types.split(",")
        return Wanted(frozenset(cast("list[EventType]", types)), self.project)


@router.get(
    "/v1/events",
    response_class=EventStream,
    status_code=200,
    responses={
        **responses(),
        200: {
            "description": "Server-sent events `row`, `budget` and `config`, and `gap` where "
            "something was left out and the client has to load anew.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
    },
)
async def get_events(
    request: Request,
    query: Annotated[EventQuery, Query()],
    last_event_id: LastEventId = None,
) -> EventStream:
    """What happens, as it happens: requests that begin and end, budgets that are nearly spent, and
    changes of what is configured."""
    watcher = _watcher(request)
    if watcher.listeners >= _MOST_STREAMS:
        raise HTTPException(503, f"{_MOST_STREAMS} streams of events are open: close some.")
    await watcher.check()
    since = last_event_id or query.last_event_id

    async def allowed() -> bool:
        try:
            await _read(request)
        except HTTPException:
            return False
        return True

    return EventStream(watcher, query.wanted, since, allowed)


def _watcher(request: Request) -> Watcher:
    """The application's, made when it is first needed."""
    state = request.app.state
    if not hasattr(state, "events"):
        target = database_target(state.gateway.config.cost_tracking.db_path)
        state.events = Watcher(engine_for(target, engine_factory=engine_factory(target)))
    return cast("Watcher", state.events)
