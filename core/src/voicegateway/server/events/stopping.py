"""Whether the server has been told to stop.

uvicorn waits for open responses before it ends the lifespan, so a stream that has no end has to
find out by itself. What uvicorn sets when it is told is on its `Server`, and that handles the
signal.
"""

from __future__ import annotations

import signal

__all__ = ["told_to_stop"]


def told_to_stop() -> bool:
    """False where another kind of server runs, or one that is not on the main thread: then a stop
    takes as long as `timeout_graceful_shutdown`."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return getattr(server, "should_exit", False) is True
