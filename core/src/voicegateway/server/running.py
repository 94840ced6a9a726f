"""Runs the server in this process until it is told to stop."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["WithoutQuery", "run", "run_app"]

_DRAIN_SECONDS: Final = 10
"""How long requests that are under way may take once it is told to stop."""
_STARTUP_FAILURE: Final = 3
"""uvicorn's exit code where the application does not start."""


class WithoutQuery(logging.Filter):
    """Takes the query off the paths of uvicorn's access log: it may carry what is nobody's
    business."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, *rest = record.args
            record.args = (client, method, str(path).partition("?")[0], *rest)
        return True


def run(config_path: Path | None, listening: socket.socket) -> None:
    """The whole server, as `run_app` does. Raises `ConfigError`, `SystemExit`."""
    gc.disable()  # what is made now stays: looking for what does not takes a third of the start
    from voicegateway.server.app import create_app

    app = create_app(config_path)
    gc.freeze()
    gc.enable()
    run_app(lambda: app, listening)


def run_app(make: Callable[[], ASGIApp], listening: socket.socket) -> None:
    """Returns when a SIGTERM or SIGINT has come, what was under way is answered, and what was
    queued for the ledger is written. Raises what `make` raises, and `SystemExit`."""
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, _leave)  # uvicorn's own handlers give way to these at the end
    _log_to_stderr()
    config = uvicorn.Config(
        make(),
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except SystemExit as left:
        raise SystemExit(1 if left.code == _STARTUP_FAILURE else left.code) from None


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _log_to_stderr() -> None:
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("uvicorn", "voicegateway"):
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").addFilter(WithoutQuery())
