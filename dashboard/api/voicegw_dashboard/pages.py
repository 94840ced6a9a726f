"""Serves the built pages. They hold no data: what they show they ask of the API, with its rules."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, Response

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
    """One route, after all others."""

    @app.get("/{path:path}", include_in_schema=False)
    async def get_page(request: Request, path: str) -> Response:
        return _answer(request, path)


def _answer(request: Request, path: str) -> Response:
    if not (STATIC / "index.html").is_file():
        return Response(_UNBUILT, 503, _HEADERS, "text/plain")
    file = _file(path)
    if file is not None:
        cached = _FOREVER if path.startswith("assets/") else _ASK_AGAIN
        return FileResponse(file, headers={**_HEADERS, "Cache-Control": cached})
    shown = "text/html" in request.headers.get("accept", "")
    if not shown or path.partition("/")[0] in _NOT_PAGES:
        raise HTTPException(404, f"There is nothing at /{path}.")
    return FileResponse(STATIC / "index.html", headers={**_HEADERS, "Cache-Control": _ASK_AGAIN})


def _file(path: str) -> Path | None:
    """One of the built files; None for whatever would be elsewhere."""
    try:
        file = (STATIC / path).resolve()
        inside = file.is_relative_to(STATIC.resolve())
        return file if inside and file.is_file() else None
    except (OSError, ValueError):  # too long, or with a NUL
        return None
