"""Writes the calls into a ledger, and asks `voicegw reconcile` about them."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from voicegateway.core.provider import Provider
from voicegateway.storage.days import us_of_datetime
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed
from voicegateway.testing.reconciling.calls import Call

__all__ = ["Answer", "command", "reconciled", "write_ledger"]

_FLUSH_SECONDS = 60
_ELSEWHERE = "another"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed and how it left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def write_ledger(path: Path, provider: str, calls: Iterable[Call], other: Call) -> Path:
    """A new ledger with these calls, each an attempt of its own, and another provider's `other`."""
    ledger = open_ledger(path)
    try:
        ledger.append(_closed("Z" * 26, _ELSEWHERE, other))
        for index, call in enumerate(calls):
            ledger.append(_closed(f"{index:026d}", provider, call))
        assert ledger.flush(_FLUSH_SECONDS), ledger.stats().last_error
    finally:
        ledger.close()
    return path


def _closed(call_id: str, provider: str, call: Call) -> AttemptClosed:
    started = us_of_datetime(call.at)
    about = Attempt(call_id, 1, started, call.project, None, provider, call.model, call.modality)
    return AttemptClosed(
        about, "completed", call.units, "reported", "confirmed", call.quote, 250.0, 900.0,
        terms=call.terms,
    )  # fmt: skip


def reconciled(provider: Provider, ledger: Path, files: Sequence[Path], *options: str) -> Answer:
    """`voicegw reconcile` of October 2026, as a user would run it, with the plugin under test."""
    window = ("--provider", provider.id, "--start", "2026-10-01", "--end", "2026-10-31")
    named = [word for file in files for word in ("--usage-file", str(file))]
    with mock.patch("voicegateway.core.registry.Registry.get", return_value=provider):
        return command(ledger, "reconcile", *window, *named, *options)


def command(ledger: Path, *arguments: str) -> Answer:
    """Runs `voicegw` in this process on a ledger, without a config."""
    from voicegateway.cli.commands import main

    out, err = io.StringIO(), io.StringIO()
    code = 0
    with (
        _alone(ledger),
        mock.patch("sys.argv", ["voicegw", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
    return Answer(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _alone(ledger: Path) -> Iterator[None]:
    """No config of this machine, and no variable of this product but where the ledger is."""
    config = ledger.with_name("voicegw.yaml")
    config.write_text("{}", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEGW_")}
    ours = {**kept, "VOICEGW_CONFIG": str(config), "VOICEGW_DB_PATH": str(ledger)}
    with mock.patch.dict(os.environ, ours, clear=True):
        yield
