"""Serves the built pages. They hold no data: what they show they ask of the API, with its rules."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

__all__ = ["add_pages"]

STATIC: Final = Path(__file__).parent / "static"

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FOREVER: Final = "public, max-age=31536000, immutable"
"""For files whose names change with their contents."""
_ASK_AGAIN: Final = "no-cache"
_NOT_PAGES: Final = ("v1", "mcp", "metrics", "health", "openapi.json", "assets")
"""First parts of paths that are never a page: a mistyped one is answered as missing."""
_UNBUILT: Final = (
    "The dashboard's pages are not built: run `npm ci && npm run build` in dashboard/frontend, "
    "or install the wheel.\n"
)


def add_pages(app: FastAPI) -> None:
    """Answers what no route of the server does: those of others stay in sight, and theirs are the
    answers to a wrong method."""
    missing = app.router.default

    async def pages(scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        answer = _answer(Request(scope)) if asked else None
        await (answer or missing)(scope, receive, send)

    app.router.default = pages


def _answer(request: Request) -> Response | None:
    """None where there is nothing."""
    path = request.url.path.removeprefix("/")
    shown = "text/html" in request.headers.get("accept", "")
    file = _file(path)
    if file is None and (not shown or path.partition("/")[0] in _NOT_PAGES):
        return None
    if not (STATIC / "index.html").is_file():
        return Response(_UNBUILT, 503, _HEADERS, "text/plain")
    cached = _FOREVER if file is not None and path.startswith("assets/") else _ASK_AGAIN
    return FileResponse(
        file or STATIC / "index.html", headers={**_HEADERS, "Cache-Control": cached}
    )


def _file(path: str) -> Path | None:
    """One of the built files; None for whatever would be elsewhere."""
    try:
        file = (STATIC / path).resolve()
        inside = file.is_relative_to(STATIC.resolve())
        return file if inside and file.is_file() else None
    except (OSError, ValueError):  # too long, or with a NUL
        return None
