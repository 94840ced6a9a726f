"""`/v1/session`: signing in with a key in a browser, which then keeps a cookie without it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from voicegateway.core.access import Identity, Scope
from voicegateway.core.access.sessions import LIFETIME_SECONDS
from voicegateway.server.auth import COOKIE, LOCAL, access_of, require, verified
from voicegateway.server.origins import refuse_other_sites
from voicegateway.server.parameters import only_known
from voicegateway.server.problems import responses

__all__ = ["router"]

_read = require(Scope.READ)
_ASKED: Final = [Depends(_read), Depends(only_known)]
router = APIRouter(tags=["session"])

By = Literal["key", "cookie", "local"]
Someone = Annotated[Identity, Depends(_read)]


class SignIn(BaseModel):
    """A key."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=512)]


class Session(BaseModel):
    """Who is signed in."""

    name: str = Field(description="Of the key; `local` where there are no keys.")
    scopes: list[Scope] = Field(description="With those that they include.")
    by: By
    keys_exist: bool = Field(description="Without any, everybody on this machine may do all.")


@router.get("/v1/session", responses=responses(), dependencies=_ASKED)
async def get_session(request: Request, identity: Someone) -> Session:
    """Who asks. 401 means that keys exist and one is needed."""
    return _session(request, identity, _by(request, identity))


@router.post(
    "/v1/session", responses=responses(413), status_code=201, dependencies=[Depends(only_known)]
)
async def sign_in(request: Request, response: Response, body: SignIn) -> Session:
    """Opens a session of twelve hours, which ends when its key does."""
    refuse_other_sites(request)
    identity = await verified(request, body.token.strip())
    _end(request)
    response.set_cookie(
        COOKIE,
        access_of(request).sessions.open(identity.key),
        max_age=LIFETIME_SECONDS,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    response.headers["Cache-Control"] = "no-store"
    return _session(request, identity, "cookie")


@router.delete("/v1/session", responses=responses(), status_code=204, dependencies=_ASKED)
async def sign_out(request: Request, response: Response, _: Someone) -> None:
    """Ends the session, here and in the browser."""
    _end(request)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


def _session(request: Request, identity: Identity, by: By) -> Session:
    scopes = [scope for scope in Scope if scope in identity.scopes]
    return Session(name=identity.name, scopes=scopes, by=by, keys_exist=access_of(request).required)


def _by(request: Request, identity: Identity) -> By:
    if identity is LOCAL:
        return "local"
    return "key" if "authorization" in request.headers else "cookie"


def _end(request: Request) -> None:
    value = request.cookies.get(COOKIE)
    if value:
        access_of(request).sessions.close(value)
