"""Record one call: the installed plugin asks its vendor through a proxy that listens."""

from __future__ import annotations

import asyncio
import dataclasses
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import voicegateway
from voicegateway.core.provider import Provider
from voicegateway.core.registry import Registry
from voicegateway.errors import PluginError
from voicegateway.testing.recorder.errors import RecorderError
from voicegateway.testing.recorder.exchanges import exchange_of, references_of
from voicegateway.testing.recorder.order import Order, key_for, read_audio, upstream_for
from voicegateway.testing.recorder.proxy import RecordingProxy, stand_in
from voicegateway.testing.recorder.redaction import Redaction, secrets_of
from voicegateway.testing.recorder.tape import Tape
from voicegateway.testing.recordings.asking import Answer, ask, make_model
from voicegateway.testing.recordings.check import check_recording
from voicegateway.testing.recordings.model import Expected, Recording, Request
from voicegateway.testing.recordings.writing import dump_recording, write_recording
from voicegateway.types import Modality

if TYPE_CHECKING:
    from livekit import rtc

    from voicegateway.testing.bench import AttemptRow

__all__ = ["record"]

_SECONDS: Final = 300
"""A call that lasts longer is given up."""


async def record(order: Order) -> Path:
    """Make the call, write it into the order's folder and play it to the plugin again. Returns
    the path. Raises `RecorderError` where nothing was recorded, and what `check_recording` does
    where the plugin does not do the same again: the file is there then."""
    upstream = upstream_for(order)
    provider = _installed(order.provider)
    key = key_for(order, provider.provider_info())
    frames = None
    if order.audio is not None:
        seconds, frames = read_audio(order.audio)
        order = dataclasses.replace(order, request=Request(audio_seconds=seconds))
    plugin = provider.manager.get_plugin(order.provider)
    call = await _make_call(order, plugin, upstream, key, frames)
    path = _write(order, call, provider, key)
    await check_recording(path, plugin, base_url=lambda cloud: stand_in(upstream, cloud.url))
    return path


@dataclasses.dataclass(frozen=True, slots=True)
class _Call:
    """What came of the call, on both sides of the plugin."""

    answer: Answer
    row: AttemptRow
    tapes: Sequence[Tape]


def _installed(provider_id: str) -> Provider:
    try:
        return Registry().get(provider_id)
    except PluginError as error:
        raise RecorderError(str(error)) from None


async def _make_call(
    order: Order,
    plugin: object,
    upstream: str,
    key: str,
    frames: Sequence[rtc.AudioFrame] | None,
) -> _Call:
    from livekit.agents.utils import http_context  # 1.3 s

    from voicegateway.testing.bench import plugin_bench

    with (
        tempfile.TemporaryDirectory(prefix="voicegw-") as folder,
        plugin_bench(Path(folder)) as bench,
    ):
        bench.install(order.provider, plugin)
        async with http_context.open(), RecordingProxy(upstream) as proxy:
            try:
                model = make_model(order, proxy.url, key)
                asked = ask(model, order, audio=frames, as_spoken=True)
                answer = await asyncio.wait_for(asked, _SECONDS)
            except Exception as error:  # noqa: BLE001 - whatever the vendor's client raises
                raise RecorderError(_failure(error, proxy.tapes, key)) from None
            rows = await bench.rows()
        if len(rows) != 1:
            raise RecorderError(f"The call left {len(rows)} rows, and a recording is of one.")
        return _Call(answer, rows[0], proxy.tapes)


def _failure(error: Exception, tapes: Sequence[Tape], key: str) -> str:
    """Once the vendor was asked, without the error's text, which may quote what was said."""
    kind = type(error).__name__
    if not tapes:
        return (
            f"The call could not be made: {kind}: {error}".replace(key, "(the key)").rstrip(".")
            + "."
        )
    asked = ", ".join(f"{tape.method} {tape.path} was answered {tape.status}" for tape in tapes)
    return f"The call failed ({kind}): {asked}."


def _write(order: Order, call: _Call, provider: Provider, key: str) -> Path:
    secrets = {secret for tape in call.tapes for secret in secrets_of(tape, key)}
    tape = _meant(order, call.tapes)
    redaction = Redaction(secrets, dict(references_of(tape)))
    exchange = exchange_of(tape, redaction)  # before the answer: it makes the ids known
    row, speaks = call.row, order.modality is Modality.TTS
    recording = Recording(
        origin="recorded",
        note=f"voicegw {voicegateway.__version__}, {provider.distribution} {provider.version}",
        provider=order.provider,
        model=order.model,
        modality=order.modality,
        mode=order.mode,
        date=datetime.now(UTC).date(),
        options=order.options,
        language=order.language,
        voice=order.voice,
        request=order.request,
        exchange=exchange,
        reported=row.units if row.basis == "reported" else {},
        expected=Expected(
            text=order.request.text if speaks else redaction.plain(call.answer.text),
            units=row.units,
            basis=row.basis or "measured",
            verdict=row.verdict or "unverifiable",
            cost_usd=row.quote.amount_usd,
        ),
    )
    _refuse_secrets(recording, secrets)
    return write_recording(recording, order.folder)


def _meant(order: Order, tapes: Sequence[Tape]) -> Tape:
    """The one request that is recorded."""
    found = [tape for tape in tapes if order.path in (None, tape.path)]
    if len(found) == 1:
        return found[0]
    asked = ", ".join(f"{tape.method} {tape.path}" for tape in tapes) or "none"
    raise RecorderError(
        f"A recording holds one request and the plugin made others (requests: {asked}): name one "
        "with --path, or check that the plugin heeds base_url."
    )


def _refuse_secrets(recording: Recording, secrets: set[str]) -> None:
    """The last look before a file is written: bytes are not cleaned, and options not ours."""
    text = dump_recording(recording)
    sent = b"".join(getattr(event, "data", b"") for event in recording.exchange.events)
    if any(secret in text or secret.encode() in sent for secret in secrets):
        raise RecorderError("A key or token would be in the file, so it was not written.")
