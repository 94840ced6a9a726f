"""`/v1/keys`: API keys of the store, and the names of those that are not."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from voicegateway.core.access import Authenticator, Scope
from voicegateway.core.access.keys import create_key, facts, listed, revoke_key
from voicegateway.server.auth import access_of, require
from voicegateway.server.parameters import NameInPath, only_known
from voicegateway.server.problems import responses
from voicegateway.server.routing import Actor

__all__ = ["router"]

router = APIRouter(tags=["keys"], dependencies=[Depends(require(Scope.ADMIN)), Depends(only_known)])


def _access(request: Request) -> Authenticator:
    return access_of(request)


Access = Annotated[Authenticator, Depends(_access)]


class Key(BaseModel):
    """One key. Nobody can be told the token again."""

    id: str = Field(description="`config:N` or `env:VARIABLE` for one that is not in the store.")
    name: str
    scopes: list[Scope]
    source: Literal["managed", "yaml", "env"]
    created_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")


class NewKey(BaseModel):
    """What a key is to be."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    expires_at: AwareDatetime | None = None


class CreatedKey(BaseModel):
    """A new key, and its token, this once."""

    id: str
    name: str
    token: str
    scopes: list[Scope]
    expires_at: datetime | None


@router.get("/v1/keys", responses=responses())
def get_keys(access: Access) -> list[Key]:
    """All keys, also those that were revoked or have expired."""
    return [Key.model_validate(said) for said in listed(access.store, access.fixed)]


@router.post("/v1/keys", responses=responses(413), status_code=201)
def add_key(body: NewKey, response: Response, access: Access, actor: Actor) -> CreatedKey:
    """Makes a key. Its token is in this answer and nowhere else."""
    made = create_key(access.store, body.name, body.scopes, actor=actor, expires=body.expires_at)
    access.forget()
    response.headers["Cache-Control"] = "no-store"
    return CreatedKey.model_validate(made.to_json())


@router.delete("/v1/keys/{id}", responses=responses(404))
def remove_key(id: NameInPath, access: Access, actor: Actor) -> Key:  # noqa: A002 - the parameter's name
    """Revokes a key at once; other processes follow within two seconds."""
    row = revoke_key(access.store, id, actor=actor)
    access.forget()
    said: dict[str, Any] = {**facts(row), "source": "managed"}
    return Key.model_validate(said)
