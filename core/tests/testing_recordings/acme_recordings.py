"""Recordings of the vendor, one of each kind, as their authors write them."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

PCM = base64.b64encode(bytes(6400)).decode()

_COMMON = {
    "format": 1,
    "origin": "composed",
    "note": "composed from the message shapes of the vendor in these tests",
    "provider": "acme",
    "date": "2026-11-22",
}

STT_STREAM: dict[str, Any] = {
    **_COMMON,
    "model": "swift-1",
    "modality": "stt",
    "mode": "streaming",
    "language": "en",
    "options": {"punctuate": True},
    "request": {"audio_seconds": "2.0"},
    "exchange": {
        "transport": "websocket",
        "method": "GET",
        "path": "/v1/listen",
        "status": 101,
        "headers": {"x-region": "eu"},
        "events": [
            {"at_ms": 0, "await": {"kind": "binary"}},
            {"at_ms": 900, "json": {"type": "Results", "text": "hello"}},
            {"at_ms": 2000, "await": {"kind": "json", "contains": {"type": "CloseStream"}}},
            {"at_ms": 2100, "json": {"type": "Results", "text": "world"}},
            {"at_ms": 2110, "json": {"type": "Metadata", "duration": 2.0}},
            {"at_ms": 2120, "close": 1000},
        ],
    },
    "reported": {"audio_seconds": "2.0"},
    "expected": {
        "text": "hello world",
        "units": {"audio_seconds": "2"},
        "basis": "reported",
        "verdict": "confirmed",
        "cost_usd": "0.00016",
    },
}

STT_BATCH: dict[str, Any] = {
    **_COMMON,
    "model": "swift-1",
    "modality": "stt",
    "mode": "batch",
    "language": "en",
    "request": {"audio_seconds": "1.01"},
    "exchange": {
        "transport": "http",
        "method": "POST",
        "path": "/v1/transcribe",
        "status": 200,
        "headers": {"content-type": "application/json"},
        "events": [{"at_ms": 300, "json": {"text": "hello", "duration": 1.01}}],
    },
    "reported": {"audio_seconds": "1.01"},
    "expected": {
        "text": "hello",
        "units": {"audio_seconds": "1.01"},
        "basis": "reported",
        "verdict": "confirmed",
        "cost_usd": "0.0000808",
    },
}

LLM_SSE: dict[str, Any] = {
    **_COMMON,
    "model": "parrot-2:free",
    "modality": "llm",
    "mode": "streaming",
    "request": {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Say hello."},
        ]
    },
    "exchange": {
        "transport": "sse",
        "method": "POST",
        "path": "/v1/chat",
        "status": 200,
        "headers": {"content-type": "text/event-stream"},
        "events": [
            {"at_ms": 100, "text": 'event: delta\ndata: {"id": "r1", "delta": "Hello"}\n\n'},
            {"at_ms": 150, "json": {"id": "r1", "delta": " there."}},
            {"at_ms": 160, "json": {"usage": {"input_tokens": 11, "output_tokens": 3}}},
            {"at_ms": 161, "text": "data: [DONE]\n\n"},
        ],
    },
    "reported": {"input_tokens": "11", "output_tokens": "3"},
    "expected": {
        "text": "Hello there.",
        "units": {"input_tokens": "11", "output_tokens": "3"},
        "basis": "reported",
        "verdict": "confirmed",
        "cost_usd": "0.000046",
    },
}

TTS_STREAM: dict[str, Any] = {
    **_COMMON,
    "model": "tone-1",
    "modality": "tts",
    "mode": "streaming",
    "voice": "nova",
    "request": {"text": "Hello."},
    "exchange": {
        "transport": "websocket",
        "method": "GET",
        "path": "/v1/speak/stream",
        "status": 101,
        "headers": {},
        "events": [
            {"at_ms": 0, "await": {"kind": "json", "contains": {"type": "Flush"}}},
            {"at_ms": 80, "base64": PCM},
            {"at_ms": 90, "json": {"context": "${context}", "audio": PCM}},
            {"at_ms": 95, "text": '{"context": "${context}", "done": true}'},
        ],
    },
    "expected": {
        "units": {"characters": "6", "audio_seconds": "0.4"},
        "basis": "measured",
        "verdict": "usage_missing",
        "cost_usd": "0.00018",
    },
}

TTS_BATCH: dict[str, Any] = {
    **_COMMON,
    "model": "tone-1",
    "modality": "tts",
    "mode": "batch",
    "voice": None,
    "request": {"text": "Hi."},
    "exchange": {
        "transport": "http",
        "method": "POST",
        "path": "/v1/speak",
        "status": 200,
        "headers": {"content-type": "audio/pcm"},
        "events": [{"at_ms": 20, "base64": PCM}, {"at_ms": 70, "base64": PCM}],
    },
    "expected": {
        "text": "Hi.",
        "units": {"characters": "3", "audio_seconds": "0.4"},
        "basis": "measured",
        "verdict": "usage_missing",
        "cost_usd": "0.00009",
    },
}

ALL = {
    "acme_swift-1_stt_streaming_2026-11-22.json": STT_STREAM,
    "acme_swift-1_stt_batch_2026-11-22.json": STT_BATCH,
    "acme_parrot-2-free_llm_streaming_2026-11-22.json": LLM_SSE,
    "acme_tone-1_tts_streaming_2026-11-22.json": TTS_STREAM,
    "acme_tone-1_tts_batch_2026-11-22.json": TTS_BATCH,
}


def changed(content: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with other values: `changed(STT_BATCH, exchange__path="/v2")`."""
    made = copy.deepcopy(content)
    for name, value in changes.items():
        *way, last = name.split("__")
        place = made
        for part in way:
            place = place[int(part)] if part.isdigit() else place[part]
        place[int(last) if last.isdigit() else last] = value
    return made


def save(folder: Path, content: dict[str, Any], name: str | None = None) -> Path:
    """Write it under its own name, unless another is given."""
    own = next(n for n, c in ALL.items() if _same_call(c, content)) if name is None else name
    path = folder / own
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _same_call(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (one["modality"], one["mode"]) == (other["modality"], other["mode"])
