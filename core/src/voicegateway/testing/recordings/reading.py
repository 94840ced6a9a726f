"""Read a recording, strictly: what is not understood is refused, and why is said."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any, Final, get_args

from voicegateway.testing.recordings.exchange import read_exchange
from voicegateway.testing.recordings.fields import Fields
from voicegateway.testing.recordings.model import (
    FORMAT,
    Expected,
    Recording,
    RecordingError,
    Request,
    file_name,
)
from voicegateway.types import Basis, Modality, Verdict

__all__ = ["SAMPLE_RATE", "parse_recording", "read_recording"]

SAMPLE_RATE = 16_000
"""Of the audio that a speech-to-text is sent, in samples a second."""

_PROVIDER = re.compile(r"[a-z0-9][a-z0-9-]*")
_KEYS: Final = (
    *("format", "origin", "note", "provider", "model", "modality", "mode", "date"),
    *("options", "language", "voice", "request", "exchange", "reported", "expected"),
)
_REQUEST: Final = {
    Modality.STT: "audio_seconds",
    Modality.LLM: "messages",
    Modality.TTS: "text",
}


def read_recording(path: str | PathLike[str]) -> Recording:
    """Read one file. Raises `RecordingError`, also where its name is not what it holds."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise RecordingError(f"{path.name}: the file is not UTF-8 text.") from None
    except OSError as error:
        raise RecordingError(f"{path}: the file cannot be read: {error.strerror}.") from None
    recording = parse_recording(text, path.name)
    if path.name != file_name(recording):
        raise RecordingError(f"{path.name}: by what it holds it must be {file_name(recording)!r}.")
    return recording


def parse_recording(text: str, file: str) -> Recording:
    """The recording in a JSON text; `file` is what errors call it. Raises `RecordingError`."""
    fields = Fields(_parse(text, file), _KEYS, file)
    if fields.whole("format", 1, 1_000_000) != FORMAT:
        fields.fail("format", f"is one that this voicegw does not know: it reads {FORMAT}")
    return _recording(fields)


def _parse(text: str, file: str) -> object:
    try:
        value = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once
        )
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise RecordingError(f"{file}: a text holds half of a surrogate pair.") from None
    except RecursionError:
        raise RecordingError(f"{file}: it is nested too deeply.") from None
    except ValueError as error:
        raise RecordingError(f"{file}: this is not JSON: {error}.") from None
    return value


def _refuse(constant: str) -> object:
    raise ValueError(f"it has no {constant}")


def _finite(number: str) -> float:
    if not math.isfinite(float(number)):
        raise ValueError(f"{number[:20]} is too large")
    return float(number)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is there twice")
    return found


def _recording(fields: Fields) -> Recording:
    origin = fields.choice("origin", ("recorded", "composed"))
    note = fields.text("note", "")
    if origin == "composed" and not note:
        fields.fail("note", "is missing: say from which documented messages it is composed")
    modality = Modality(fields.choice("modality", list(Modality)))
    modes = ("streaming",) if modality is Modality.LLM else ("streaming", "batch")
    recording = Recording(
        origin=origin,
        note=note,
        provider=_provider(fields),
        model=fields.text("model"),
        modality=modality,
        mode=fields.choice("mode", modes),
        date=_date(fields),
        options=fields.mapping("options", {}),
        language=fields.optional_text("language"),
        voice=fields.optional_text("voice"),
        request=_request(fields, modality),
        exchange=read_exchange(fields),
        reported={} if fields.value("reported", None) is None else fields.units("reported"),
        expected=_expected(fields),
    )
    _check_sense(fields, recording)
    return recording


def _provider(fields: Fields) -> str:
    provider = fields.text("provider")
    if not _PROVIDER.fullmatch(provider):
        fields.fail("provider", "must be a provider id: small letters, digits and hyphens")
    return provider


def _date(fields: Fields) -> date:
    try:
        day = date.fromisoformat(text := fields.text("date"))
    except ValueError:
        fields.fail("date", "must be a day such as 2026-11-22")
    if text != day.isoformat():  # 20261122 would be another file name
        fields.fail("date", f"must be written {day}")
    return day


def _request(fields: Fields, modality: Modality) -> Request:
    request = fields.inner("request", (_REQUEST[modality],))
    if modality is Modality.LLM:
        return Request(messages=_messages(request))
    if modality is Modality.TTS:
        return Request(text=request.text("text"))
    seconds = request.amount("audio_seconds")
    if not 0 < seconds <= 3600 or seconds * SAMPLE_RATE % 1:
        request.fail("audio_seconds", "must be whole samples at 16 kHz, and an hour at most")
    return Request(audio_seconds=seconds)


def _messages(request: Fields) -> tuple[tuple[str, str], ...]:
    roles = ("system", "developer", "user", "assistant")
    messages = request.each("messages", ("role", "content"))
    if not messages:
        request.fail("messages", "is empty")
    return tuple((each.choice("role", roles), each.text("content")) for each in messages)


def _expected(fields: Fields) -> Expected:
    expected = fields.inner("expected", ("text", "units", "basis", "verdict", "cost_usd"))
    unknown = expected.value("cost_usd") is None
    text = expected.value("text", None)
    return Expected(
        text=None if text is None else expected.text("text", ""),
        units=expected.units("units"),
        basis=expected.choice("basis", get_args(Basis)),
        verdict=expected.choice("verdict", get_args(Verdict)),
        cost_usd=None if unknown else expected.amount("cost_usd"),
    )


def _check_sense(fields: Fields, recording: Recording) -> None:
    expected, spoken = recording.expected, recording.request.text
    if recording.modality is not Modality.TTS:
        if expected.text is None:
            fields.fail("expected.text", "is missing")
        if recording.voice is not None:
            fields.fail("voice", "is for text-to-speech alone")
    elif expected.text not in (None, spoken):
        fields.fail("expected.text", "is not request.text, which is what is spoken")
    if recording.modality is Modality.LLM and recording.language is not None:
        fields.fail("language", "is for speech alone")
    if expected.basis == "reported":
        _check_reported(fields, recording.reported, recording.expected.units)


def _check_reported(fields: Fields, said: Mapping[Any, Any], priced: Mapping[Any, Any]) -> None:
    if not said:
        fields.fail("reported", "is empty, and expected.basis is 'reported'")
    for unit in said.keys() & priced.keys():
        if said[unit] != priced[unit]:
            fields.fail(f"reported.{unit}", f"is {said[unit]} and the expected one {priced[unit]}")
