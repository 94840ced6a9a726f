"""What the recorder is told to record of the vendor."""

from __future__ import annotations

from voicegateway.testing.recorder.__main__ import order_of


def order(tmp_path, upstream, model, *more):
    given = [model, "-o", str(tmp_path / "recordings"), *more]
    return order_of([*given, "--upstream", f"{upstream}/api"] if upstream else given)


KINDS = {
    "websocket stt": ("acme/swift-1", "--modality", "stt", "--language", "en"),
    "http stt": ("acme/swift-1", "--modality", "stt", "--mode", "batch"),
    "sse llm": ("acme/parrot-2", "--modality", "llm", "--text", "say “hello” to me"),
    "websocket tts": ("acme/tone-1", "--modality", "tts", "--text", "Hello.", "--voice", "nova"),
    "http tts": ("acme/tone-1", "--modality", "tts", "--text", "Hello.", "--mode", "batch"),
}
