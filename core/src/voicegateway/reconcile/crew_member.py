"""The process that prices a share of the rows. Standard input holds the request and then a slice
of the period a line; the answers go to what standard output was when it started. It ends when
either is closed, so it never outlives the command."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing, nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from voicegateway.core.engines import engine_factory
from voicegateway.errors import VoiceGatewayError
from voicegateway.reconcile.collection import collect_less
from voicegateway.reconcile.repricing import Repricing, Run
from voicegateway.reconcile.tools import tools_of
from voicegateway.storage.queries import Period, open_reader
from voicegateway.storage.requoting import RequoteWriter

__all__ = ["main"]


def main() -> None:
    channel = os.dup(1)
    os.dup2(2, 1)  # what plugins print
    collect_less()
    try:
        _serve(channel, json.loads(sys.stdin.buffer.readline()))
    except VoiceGatewayError as error:
        _send(channel, {"error": str(error)})
    except BrokenPipeError:  # the command has gone
        os._exit(1)


def _serve(channel: int, request: dict[str, Any]) -> None:
    config, batch = request["config"], request["batch"]
    tools = tools_of(None if config is None else Path(config))
    day = request["as_of"]
    period = Period(0, 0, tools.timezone)
    result = Repricing(period, day and date.fromisoformat(day), batch is None)
    writing = (
        nullcontext(None)
        if batch is None
        else closing(RequoteWriter(tools.engine, "", None, batch))
    )
    reader = open_reader(tools.target, engine_factory=engine_factory(tools.target))
    with reader, writing as writer:
        run = Run(reader, tools.rates, result, writer, request["project"], request["provider"])
        for line in sys.stdin.buffer:
            start, end = json.loads(line)
            for count in run.price(Period(start, end, tools.timezone)):
                _send(channel, {"rows": count})
            _send(channel, {"slice": [start, end]})
    _send(channel, {"figures": result.figures()})


def _send(channel: int, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(channel, data) :]
