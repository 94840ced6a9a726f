"""What is to be recorded, and whether it can be."""

from __future__ import annotations

import os
import wave
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from yarl import URL

from voicegateway.testing.recorder.errors import RecorderError
from voicegateway.testing.recorder.redaction import LEAST_LENGTH, is_secret_name
from voicegateway.testing.recordings.model import Request
from voicegateway.testing.recordings.reading import SAMPLE_RATE
from voicegateway.types import Modality, ProviderInfo

if TYPE_CHECKING:
    from livekit import rtc

__all__ = ["UPSTREAM_VARIABLE", "Order", "key_for", "read_audio", "upstream_for"]

UPSTREAM_VARIABLE: Final = "VOICEGW_UPSTREAM"
_SCHEMES: Final = ("https", "wss", "http", "ws")


@dataclass(frozen=True, slots=True)
class Order:
    """One call on one model, for a file in `folder`."""

    provider: str
    model: str
    modality: Modality
    request: Request
    folder: Path
    mode: Literal["streaming", "batch"] = "streaming"
    options: Mapping[str, Any] = field(default_factory=dict)
    language: str | None = None
    voice: str | None = None
    audio: Path | None = None
    """What a speech-to-text hears; None: silence."""
    upstream: str | None = None
    path: str | None = None
    """Of the request that is meant, where the plugin makes several."""

    def __post_init__(self) -> None:
        for name in self.options:
            if is_secret_name(name):
                raise RecorderError(
                    f"The option {name!r} would put a secret into the file: it cannot be recorded."
                )


def upstream_for(order: Order) -> str:
    """The vendor's address. Raises `RecorderError`: what a plugin takes for its default, it tells
    nobody."""
    upstream = order.upstream or os.environ.get(UPSTREAM_VARIABLE)
    if not upstream:
        raise RecorderError(
            f"Where the vendor of {order.provider!r} is is not known: give --upstream, or "
            f"{UPSTREAM_VARIABLE}, with the base_url that the plugin would use without a recorder."
        )
    url = URL(upstream)
    if url.scheme not in _SCHEMES or not url.host or url.query_string:
        raise RecorderError(
            f"The upstream must be an address such as https://api.example.com/v1, of the schemes "
            f"{', '.join(_SCHEMES)} and without a query."
        )
    return upstream


def key_for(order: Order, info: ProviderInfo) -> str:
    """The vendor's key, from the variable that the plugin names. Raises `RecorderError`."""
    variable = info.key_variable
    if variable is None:
        raise RecorderError(
            f"The provider {order.provider!r} takes no key: it has no vendor to record."
        )
    key = os.environ.get(variable, "")
    if len(key) < LEAST_LENGTH:
        why = "is too short to be kept out of the file" if key else "is not set"
        raise RecorderError(f"{variable} {why}: set it to a key of {info.title}.")
    return key


def read_audio(path: Path) -> tuple[Decimal, list[rtc.AudioFrame]]:
    """Seconds and frames of 20 ms of a WAV file. Raises `RecorderError`."""
    from livekit import rtc

    try:
        with wave.open(str(path)) as file:
            shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            data = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise RecorderError(f"The audio file {path} cannot be read: {error}.") from None
    if shape != (1, 2, SAMPLE_RATE) or not data:
        raise RecorderError(f"The audio file {path} must be mono, 16 bit and {SAMPLE_RATE} Hz.")
    step = 2 * SAMPLE_RATE // 50
    pieces = [data[start : start + step] for start in range(0, len(data), step)]
    frames = [rtc.AudioFrame(piece, SAMPLE_RATE, 1, len(piece) // 2) for piece in pieces]
    return Decimal(len(data) // 2) / SAMPLE_RATE, frames
