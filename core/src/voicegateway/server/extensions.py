"""What other distributions add to the server: entry points in `voicegw.server`.

Each names a callable that takes the application and mounts its routes and files on it, after the
API's own, which it therefore cannot replace. One that fails is left out, and the log says why.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from fastapi import FastAPI

from voicegateway.core.discovery import Found, canonical_name, scan

__all__ = ["SERVER_GROUP", "mount_extensions"]

SERVER_GROUP: Final = "voicegw.server"

_log = logging.getLogger("voicegateway.server")


def mount_extensions(app: FastAPI, disabled: Collection[str]) -> None:
    """All that are installed, but for those that `plugins.disabled` names, by entry point or by
    distribution."""
    off = {canonical_name(name) for name in disabled}
    for found in scan(SERVER_GROUP):
        if not off & {canonical_name(found.name), canonical_name(found.distribution)}:
            _mount(app, found)


def _mount(app: FastAPI, found: Found) -> None:
    before = list(app.router.routes)
    try:
        mount = found.load()
        if not callable(mount):
            raise TypeError("its entry point names nothing that can be called")
        mount(app)
    except Exception:  # noqa: BLE001 - whatever one does, the server goes on without it
        app.router.routes[:] = before
        _log.exception(
            "%s %s adds nothing to the server: its entry point %r failed. Update it, or name it "
            "in plugins.disabled.",
            found.distribution,
            found.version,
            found.name,
        )
