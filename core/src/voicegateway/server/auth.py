"""Who may ask: one rule for the API, the dashboard's routes, `/metrics` and `/v1/events`.

    @router.get("/v1/costs", dependencies=[Depends(require(Scope.READ))])

Somebody comes with a key (`Authorization: Bearer`), with the cookie of a session that a key has
opened, or, where no key was ever made, from this machine. The application keeps what checks them
in `app.state.access`, and the origins of `server.cors_origins` in `app.state.origins`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

import anyio
import anyio.to_thread
from fastapi import Depends, HTTPException, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.requests import HTTPConnection

from voicegateway.core.access import EVERYTHING, Authenticator, Identity, Scope
from voicegateway.server.origins import require_local, require_same_origin

__all__ = ["COOKIE", "LOCAL", "access_of", "client_of", "identify", "require", "verified"]

COOKIE: Final = "voicegw_session"
LOCAL: Final = Identity("local", EVERYTHING)
"""Whoever is on this machine, where there are no keys."""

_THREADS: Final = 4
"""For keys: whoever guesses must not take those that read the ledger."""

Bearer = Annotated[Any, Depends(HTTPBearer(auto_error=False, scheme_name="key"))]
Cookie = Annotated[Any, Depends(APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session"))]


def require(scope: Scope) -> Callable[..., Awaitable[Identity]]:
    """A dependency that lets nobody in without the scope, and says who came. May be called with a
    request, as what streams does to ask again."""

    async def allowed(request: Request, _bearer: Bearer = None, _cookie: Cookie = None) -> Identity:
        identity = await identify(request)
        if scope not in identity.scopes:
            raise _lacking(scope, identity)
        return identity

    return allowed


async def identify(connection: HTTPConnection) -> Identity:
    """Raises `HTTPException` (401, 403), `LedgerError`, `TooManyAttemptsError`."""
    access = access_of(connection)
    stated = connection.headers.getlist("authorization")
    if stated:
        return await _with_token(connection, stated)
    if not access.fresh:
        await _in_thread(connection, access.refresh)
    identity = _with_cookie(connection, access)
    if identity is not None:
        return identity
    if access.required:
        raise _unauthenticated("A key is needed")
    require_local(connection)
    return LOCAL


async def verified(connection: HTTPConnection, token: str) -> Identity:
    """Who comes with a token. Raises as `identify` does."""
    access, client = access_of(connection), client_of(connection)
    found = access.recall(token, client)
    if found is None:
        found = await _in_thread(connection, access.verify, token, client)
    if found is None:
        raise _unauthenticated("This key is unknown, expired or revoked", wrong=True)
    return found


def access_of(connection: HTTPConnection) -> Authenticator:
    found: Authenticator = connection.app.state.access
    return found


def client_of(connection: HTTPConnection) -> str:
    """The client's address; empty where it has none, as with a Unix socket."""
    return connection.client.host if connection.client else ""


async def _with_token(connection: HTTPConnection, stated: list[str]) -> Identity:
    scheme, _, token = stated[0].partition(" ")
    if len(stated) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise _unauthenticated("The header is to be one Authorization: Bearer KEY", wrong=True)
    return await verified(connection, token.strip())


def _with_cookie(connection: HTTPConnection, access: Authenticator) -> Identity | None:
    value = connection.cookies.get(COOKIE)
    key = access.sessions.key(value) if value else None
    identity = access.current(key) if key else None
    if identity is not None:
        require_same_origin(connection)
    return identity


async def _in_thread(connection: HTTPConnection, work: Callable[..., Any], *values: Any) -> Any:
    state = connection.app.state
    if not hasattr(state, "key_threads"):
        state.key_threads = anyio.CapacityLimiter(_THREADS)
    return await anyio.to_thread.run_sync(work, *values, limiter=state.key_threads)


def _unauthenticated(what: str, *, wrong: bool = False) -> HTTPException:
    message = (
        f"{what}: make one with `voicegw keys create NAME --scopes read` and send it as "
        "`Authorization: Bearer KEY`."
    )
    fault = ', error="invalid_token"' if wrong else ""
    return HTTPException(
        401,
        {"code": "UNAUTHENTICATED", "message": message, "details": {}},
        {"WWW-Authenticate": f'Bearer realm="voicegateway"{fault}'},
    )


def _lacking(scope: Scope, identity: Identity) -> HTTPException:
    has = [str(one) for one in Scope if one in identity.scopes]
    said = {
        "code": "INSUFFICIENT_SCOPE",
        "message": f"This needs the scope {scope}, which the key {identity.name!r} lacks.",
        "details": {"scope": str(scope), "scopes": has},
    }
    challenge = f'Bearer realm="voicegateway", error="insufficient_scope", scope="{scope}"'
    return HTTPException(403, said, {"WWW-Authenticate": challenge})
