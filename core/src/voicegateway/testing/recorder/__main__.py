"""`python -m voicegateway.testing.recorder PROVIDER/MODEL --modality tts --text "Hello." ...`"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from voicegateway.testing.recorder.errors import RecorderError
from voicegateway.testing.recorder.order import UPSTREAM_VARIABLE, Order
from voicegateway.testing.recorder.session import record
from voicegateway.testing.recordings.model import Request
from voicegateway.types import Modality

__all__ = ["main", "order_of"]

_SILENCE = Decimal(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """0: recorded, and the plugin does the same when it is played again; 1: recorded, and it does
    not; 2: not recorded."""
    try:
        path = asyncio.run(record(order_of(arguments)))
    except RecorderError as error:
        print(f"Not recorded: {error}", file=sys.stderr)  # noqa: T201 - a command
        return 2
    except AssertionError as error:
        print(f"Recorded, and not the same when played again: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"Recorded, and the same when played again: {path}")  # noqa: T201
    return 0


def order_of(arguments: Sequence[str] | None = None) -> Order:
    """What a command line asks for. Leaves with a usage message where it asks for nonsense."""
    parser = _parser()
    given = parser.parse_args(arguments)
    provider, slash, model = given.model.partition("/")
    if not (provider and slash and model):
        parser.error("write the model as PROVIDER/MODEL")
    modality = Modality(given.modality)
    if (modality is Modality.STT) == (given.text is not None):
        parser.error("--text is what an llm or a tts is asked, and an stt is not")
    if given.audio is not None and modality is not Modality.STT:
        parser.error("--audio is for an stt alone")
    if given.mode == "batch" and modality is Modality.LLM:
        parser.error("the mode of an llm is streaming")
    return Order(
        provider=provider,
        model=model,
        modality=modality,
        request=_request(modality, given.text),
        folder=given.output,
        mode=given.mode,
        options=dict(given.option),
        language=given.language,
        voice=given.voice,
        audio=given.audio,
        upstream=given.upstream,
        path=given.path,
    )


def _request(modality: Modality, text: str) -> Request:
    if modality is Modality.STT:
        return Request(audio_seconds=_SILENCE)
    if modality is Modality.TTS:
        return Request(text=text)
    return Request(messages=(("user", text),))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m voicegateway.testing.recorder",
        description="Make one call on a vendor and keep what it sent, to be played again in "
        "tests. It costs what such a call costs. The key comes from the plugin's own variable.",
    )
    add = parser.add_argument
    add("model", metavar="PROVIDER/MODEL")
    add("--modality", required=True, choices=list(map(str, Modality)))
    add("--text", help="what a tts says, or what an llm is told")
    add("--audio", type=Path, metavar="FILE.wav", help="16 kHz mono; without it two silent seconds")
    add("--mode", choices=["streaming", "batch"], default="streaming")
    add("--language")
    add("--voice")
    add("--option", type=_option, action="append", default=[], metavar="NAME=VALUE", help="JSON")
    add("--upstream", metavar="URL", help=f"the vendor's base_url; or {UPSTREAM_VARIABLE}")
    add("--path", help="of the request that is meant, where the plugin makes several")
    add("-o", "--output", type=Path, required=True, metavar="FOLDER")
    return parser


def _option(text: str) -> tuple[str, Any]:
    """`NAME=VALUE`, the value in JSON, or a text as it is."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


if __name__ == "__main__":
    sys.exit(main())
