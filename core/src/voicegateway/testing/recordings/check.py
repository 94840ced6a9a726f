"""Hold a plugin to a recording: played to it, the call and its row must be as they were."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Final

from voicegateway.testing.cloud import LoopbackCloud
from voicegateway.testing.recordings.asking import ask, make_model
from voicegateway.testing.recordings.comparing import differences, obstacles
from voicegateway.testing.recordings.model import Recording
from voicegateway.testing.recordings.reading import read_recording
from voicegateway.testing.recordings.replay import ReplayCloud

__all__ = ["check_recording"]

_SECONDS: Final = 30
"""After so long a call has failed: a recording is played without its pauses."""


async def check_recording(
    path: str | PathLike[str],
    plugin: object,
    *,
    base_url: Callable[[ReplayCloud], str] | None = None,
    api_key: str = LoopbackCloud.key,
) -> None:
    """Play a recording to `plugin`, installed under the recording's provider id with an empty
    ledger, and make the call again. `base_url` gives the address that the plugin is to be given:
    `cloud.url` unless it needs another.

    Raises `AssertionError` that names the file, what was expected and what came, where the call
    fails or its text, units, basis, verdict or cost differ; `RecordingError` for a file that
    cannot be read."""
    from livekit.agents.utils import http_context  # 1.3 s

    from voicegateway.testing.bench import plugin_bench

    recording = read_recording(path)
    with (
        tempfile.TemporaryDirectory(prefix="voicegw-") as folder,
        plugin_bench(Path(folder)) as bench,
    ):
        bench.install(recording.provider, plugin)
        async with http_context.open(), ReplayCloud(recording) as cloud:
            address = cloud.url if base_url is None else base_url(cloud)
            try:
                model = make_model(recording, address, api_key)  # its import may take seconds
                answer = await asyncio.wait_for(ask(model, recording), _SECONDS)
            except Exception as error:
                found = [_failure(recording, error), *obstacles(cloud)]
                raise AssertionError(_sentence(path, found)) from error
            found = list(differences(recording, answer, await bench.rows()))
            if found:
                raise AssertionError(_sentence(path, [*found, *obstacles(cloud)]))


def _failure(recording: Recording, error: Exception) -> str:
    if not isinstance(error, TimeoutError):
        return f"the call failed: {type(error).__name__}: {error}".rstrip(".")
    socket = recording.exchange.transport == "websocket"
    hint = ": should the exchange end with a close?" if socket else ""
    return f"the call did not end within {_SECONDS} s{hint}"


def _sentence(path: str | PathLike[str], found: list[str]) -> str:
    return f"{Path(path).name}: {'; '.join(found)}."
