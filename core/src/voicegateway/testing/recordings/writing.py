"""Write a recording as `read_recording` reads it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import Any

from voicegateway.testing.recordings.model import (
    FORMAT,
    Await,
    Close,
    Event,
    Exchange,
    Expected,
    Recording,
    Request,
    SendBytes,
    SendJson,
    SendText,
    file_name,
)
from voicegateway.types import Unit

__all__ = ["dump_recording", "write_recording"]


def write_recording(recording: Recording, folder: str | PathLike[str]) -> Path:
    """Write it into a folder, which is made if it is missing, under the name it must have; a file
    of that name is replaced. Returns the path."""
    path = Path(folder) / file_name(recording)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump_recording(recording), encoding="utf-8")
    return path


def dump_recording(recording: Recording) -> str:
    """The JSON text of a recording."""
    content = {
        "format": FORMAT,
        "origin": recording.origin,
        "note": recording.note,
        "provider": recording.provider,
        "model": recording.model,
        "modality": recording.modality,
        "mode": recording.mode,
        "date": recording.date.isoformat(),
        "options": recording.options,
        "language": recording.language,
        "voice": recording.voice,
        "request": _request(recording.request),
        "exchange": _exchange(recording.exchange),
        "reported": _units(recording.reported),
        "expected": _expected(recording.expected),
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _request(request: Request) -> dict[str, Any]:
    if request.text is not None:
        return {"text": request.text}
    if request.audio_seconds is not None:
        return {"audio_seconds": str(request.audio_seconds)}
    return {"messages": [{"role": role, "content": said} for role, said in request.messages]}


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "transport": exchange.transport,
        "method": exchange.method,
        "path": exchange.path,
        "status": exchange.status,
        "headers": exchange.headers,
        "events": [_event(event) for event in exchange.events],
    }


def _event(event: Event) -> dict[str, Any]:
    match event:
        case SendJson():
            said: dict[str, Any] = {"json": event.value}
        case SendText():
            said = {"text": event.text}
        case SendBytes():
            said = {"base64": base64.b64encode(event.data).decode()}
        case Close():
            said = {"close": event.code}
        case Await():
            contains = {"contains": event.contains} if event.contains else {}
            said = {"await": {"kind": event.kind, **contains}}
    return {"at_ms": event.at_ms, **said}


def _units(units: Mapping[Unit, Decimal]) -> dict[str, str]:
    return {unit: str(units[unit]) for unit in Unit if unit in units}


def _expected(expected: Expected) -> dict[str, Any]:
    return {
        "text": expected.text,
        "units": _units(expected.units),
        "basis": expected.basis,
        "verdict": expected.verdict,
        "cost_usd": None if expected.cost_usd is None else str(expected.cost_usd),
    }
