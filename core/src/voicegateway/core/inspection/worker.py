"""The process that plugins are looked at in. Standard input holds the request; the answers go to
what standard output was when it started, one JSON object a line. From then on everything that a
plugin prints, C code included, goes to files instead."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from voicegateway.core.contract import describe
from voicegateway.core.inspection.results import Task
from voicegateway.core.registry import Registry

__all__ = ["main"]


def main() -> None:
    """Serve one request and end the process, whatever threads the plugins have left."""
    channel = _Channel()
    request = json.loads(sys.stdin.buffer.read())
    channel.send({"ready": True})
    for messages in _messages(request):
        _answer(channel, messages)
    os._exit(0)


class _Channel:
    """A descriptor of its own, which no child of a plugin inherits."""

    def __init__(self) -> None:
        self._pipe = os.dup(1)
        for descriptor in (1, 2):
            with tempfile.TemporaryFile() as file:
                os.dup2(file.fileno(), descriptor)

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\n"
        while data:
            data = data[os.write(self._pipe, data) :]


def _answer(channel: _Channel, messages: Iterator[dict[str, Any]]) -> None:
    try:
        for message in messages:
            channel.send(message)
        channel.send({"done": True})
    except BaseException as error:  # noqa: BLE001 - a hook may call sys.exit(), a Rust one may panic
        channel.send({"error": describe(error)})


def _messages(request: Any) -> Iterator[Iterator[dict[str, Any]]]:
    """One plugin after the other."""
    task = Task(request["task"])
    if task is Task.CHECK:
        from voicegateway.core.inspection.checks import check

        for provider, distribution in request["claims"]:
            yield check(provider, distribution)
        return
    if task is Task.TEST:
        from voicegateway.core.inspection.asking import test

        for provider, _ in request["claims"]:
            yield test(provider, **request["details"])
        return
    from voicegateway.core.inspection.listing import rates, survey

    registry = Registry(request["disabled"])
    for provider, _ in request["claims"]:
        yield (survey if task is Task.SURVEY else rates)(registry, provider)
