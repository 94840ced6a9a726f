"""Where AssemblyAI's APIs are: each has a host of its own, in two regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from voicegateway.types import ProviderSettings

__all__ = ["REGION", "rest_root", "speech_root", "transcription_root"]

REGION: Final = "region"
"""The setting of our own: `us` or `eu`."""

_TRANSCRIPTION: Final = {
    "us": "wss://streaming.assemblyai.com",
    "eu": "wss://streaming.eu.assemblyai.com",
}
_SPEECH: Final = {"us": "wss://tts.us.assemblyai.com", "eu": "wss://tts.eu.assemblyai.com"}
_REST: Final = {"us": "https://api.assemblyai.com", "eu": "https://api.eu.assemblyai.com"}


def transcription_root(settings: ProviderSettings, region: object = None) -> str:
    return _root(settings, region, _TRANSCRIPTION)


def speech_root(settings: ProviderSettings, region: object = None) -> str:
    return _root(settings, region, _SPEECH)


def rest_root(settings: ProviderSettings) -> str:
    root = _root(settings, settings.extra.get(REGION), _REST)
    return root.replace("ws", "http", 1) if root.startswith("ws") else root


def _root(settings: ProviderSettings, region: object, hosts: Mapping[str, str]) -> str:
    """Of a WebSocket where the user names one (LiveKit's clients take ws and wss alone), without
    a slash at the end. Raises `ValueError` for an address or a region that cannot be."""
    if region is not None and region not in hosts:
        raise ValueError(
            f"{REGION} of the provider {settings.provider!r} is us or eu, not {region!r}."
        )
    if settings.base_url is None:
        return hosts[str(region or "us")]
    root = settings.base_url.rstrip("/")
    if root.startswith(("http://", "https://")):
        root = root.replace("http", "ws", 1)
    if region is not None or not root.startswith(("ws://", "wss://")):
        raise ValueError(
            f"base_url of the provider {settings.provider!r} is {settings.base_url!r}: write a "
            f"root with its scheme, such as wss://proxy.example, and no {REGION} beside it."
        )
    return root
