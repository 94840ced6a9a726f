"""A store of sample data that is there for as long as somebody looks at it."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

__all__ = ["sample_store"]


@contextmanager
def sample_store() -> Iterator[Path]:
    """The path of its configuration. Calls come in meanwhile; at the end all of it is deleted."""
    from voicegateway.demo.month.live import play
    from voicegateway.demo.month.store import make_store

    with tempfile.TemporaryDirectory(prefix="voicegw-sample-") as folder:
        typer.echo("Making a month of sample data, apart from yours...", err=True)
        store = make_store(Path(folder))
        os.environ["VOICEGW_DB_PATH"] = str(store.ledger)  # one that is set would win over the file
        stop = threading.Event()
        playing = threading.Thread(target=play, args=(store.ledger, stop), daemon=True)
        playing.start()
        try:
            yield store.config
        finally:
            stop.set()
            playing.join()
