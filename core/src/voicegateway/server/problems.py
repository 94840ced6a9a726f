"""How the API says no: one shape for whatever went wrong, `{error: {code, message, details}}`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from voicegateway.core.faults import key_path, nearest
from voicegateway.errors import (
    AccessError,
    BudgetExceededError,
    ConfigError,
    KeyNotFoundError,
    LedgerError,
    LedgerRequestError,
    PluginError,
    ProviderNotFoundError,
    RateLimitExceeded,
    ReadOnlyResourceError,
    ResourceError,
    ResourceInvalidError,
    ResourceNotFoundError,
    TooManyAttemptsError,
    VoiceGatewayError,
)
from voicegateway.reconcile.errors import ReconcileError

__all__ = ["Problem", "answer_problems", "problem", "refused", "responses"]

_log = logging.getLogger("voicegateway.server")


class ProblemBody(BaseModel):
    """What went wrong."""

    code: str = Field(description="For programs.", examples=["PROJECT_NOT_FOUND"])
    message: str = Field(description="For people: one sentence that says how to mend it.")
    details: dict[str, Any] = Field(description="Facts, where there are any.")


class Problem(BaseModel):
    """Every answer that is not a success."""

    error: ProblemBody


_KINDS: Final[Sequence[tuple[type[VoiceGatewayError], int, str]]] = (
    (ResourceNotFoundError, 404, "NOT_FOUND"),
    (ReadOnlyResourceError, 403, "READ_ONLY_RESOURCE"),
    (ResourceInvalidError, 422, "VALIDATION_ERROR"),
    (ResourceError, 409, "RESOURCE_ERROR"),
    (ConfigError, 409, "CONFIG_ERROR"),
    (LedgerRequestError, 422, "VALIDATION_ERROR"),
    (LedgerError, 503, "LEDGER_ERROR"),
    (ProviderNotFoundError, 404, "PROVIDER_NOT_FOUND"),
    (PluginError, 409, "PLUGIN_ERROR"),
    (ReconcileError, 422, "VALIDATION_ERROR"),
    (KeyNotFoundError, 404, "KEY_NOT_FOUND"),
    (TooManyAttemptsError, 429, "TOO_MANY_ATTEMPTS"),
    (AccessError, 422, "VALIDATION_ERROR"),
    (RateLimitExceeded, 429, "RATE_LIMIT_EXCEEDED"),
    (BudgetExceededError, 409, "BUDGET_EXCEEDED"),
)
"""Status and code; the first that fits counts. An error's own code wins."""

_CODES: Final[Mapping[int, str]] = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "VALIDATION_ERROR",
    429: "TOO_MANY_ATTEMPTS",
    503: "UNAVAILABLE",
}

_SAID: Final[Mapping[int, str]] = {
    400: "The body cannot be read.",
    401: "A key is needed, or it does not hold.",
    403: "The key lacks the scope.",
    404: "There is nothing of this name.",
    409: "It does not go with what is there.",
    413: "The body is too large.",
    422: "The question is not understood.",
    429: "Too many wrong keys came from this client.",
    503: "The ledger cannot be read or written now.",
}


_AS_JSON: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
"""Whatever a route answers otherwise. The model itself is in the document through `/health`."""


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI document: what a route may answer besides success. All may answer 401, 403,
    422, 429 and 503; one that reads a body says 413, and may then answer 400."""
    return {
        status: {"description": _SAID[status], "content": _AS_JSON}
        for status in sorted(
            {401, 403, 422, 429, 503, *statuses, *([400] if 413 in statuses else [])}
        )
    }


def problem(
    status: int,
    code: str,
    message: str,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body = {"error": {"code": code, "message": message, "details": dict(details or {})}}
    return JSONResponse(body, status, headers)


def refused(faults: Sequence[tuple[str, str]]) -> JSONResponse:
    """A question that is not understood: where, and what. Never repeats what was sent: it may be
    a key."""
    where, what = faults[0]
    details = {"faults": [{"where": place, "message": said} for place, said in faults]}
    return problem(
        422,
        "VALIDATION_ERROR",
        f"{where}: {what}" if what.endswith("?") else f"{where}: {what}.",
        details,
    )


def answer_problems(app: FastAPI) -> None:
    """Have the application answer every error in this shape."""
    app.add_exception_handler(VoiceGatewayError, _own)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unforeseen)


async def _own(request: Request, error: Exception) -> JSONResponse:
    status, code = next(
        ((status, code) for kind, status, code in _KINDS if isinstance(error, kind)),
        (409, "ERROR"),
    )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        _log.error("%s %s: %s", request.method, request.scope.get("path"), error)
    wait = getattr(error, "retry_after", None)
    headers = None if wait is None else {"Retry-After": str(max(1, round(wait)))}
    return problem(status, getattr(error, "code", code), str(error), headers=headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return refused(list(_faults(request, error)))


async def _plain(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail: Any = error.detail
    if isinstance(detail, dict) and "code" in detail:
        said = problem(error.status_code, detail["code"], detail["message"], detail.get("details"))
    else:
        code = _CODES.get(error.status_code, "ERROR")
        said = problem(error.status_code, code, str(detail))
    said.headers.update(error.headers or {})
    return said


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    """Its text may carry anything, so it is for the log alone, which the server writes."""
    _log.error("%s %s: %s", request.method, request.scope.get("path"), type(error).__name__)
    return problem(500, "INTERNAL_ERROR", "This should not happen: the server's log says where.")


def _faults(request: Request, error: RequestValidationError) -> Iterator[tuple[str, str]]:
    for fault in error.errors():
        place = tuple(part for part in fault["loc"] if part != "[key]")
        where = key_path(place)
        if fault["type"] == "extra_forbidden":
            yield where, f"no known key{nearest(str(place[-1]), _known(request, place))}"
        elif fault["type"] == "json_invalid":
            yield "body", f"this is no JSON from its character {place[-1]} on"
        else:
            yield where, " ".join(fault["msg"].removeprefix("Value error, ").split()).rstrip(".")


def _known(request: Request, place: tuple[int | str, ...]) -> Sequence[str]:
    """The keys of the body that a fault is in, where they are those of its first level."""
    field = getattr(request.scope.get("route"), "body_field", None)
    kind = None if field is None else field.field_info.annotation
    if len(place) != 2 or not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return ()
    return list(kind.model_fields)
