"""Every private name of LiveKit's Cartesia plugin that we lean on, in one place.

`tests/test_vendor_names.py` pins them. Where a release has moved one, calls go on, nothing is
recovered, and a row is made of what the meter saw."""

from __future__ import annotations

__all__ = ["CONNECT", "RUN", "TEXT_KEY"]

CONNECT = "_connect_ws"
"""Of `cartesia.TTS` and of both its streams of recognition: opens a WebSocket and returns it."""

RUN = "_run"
"""Of both streams of speech: one attempt, which raises what it ended with."""

TEXT_KEY = "transcript"
"""In the JSON that a stream of speech sends: the text to be spoken. Each sentence goes with a
space behind it, and a last message with nothing but a space ends the turn."""
