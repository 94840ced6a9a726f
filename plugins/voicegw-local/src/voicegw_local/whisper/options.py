"""What Whisper can be told."""

from __future__ import annotations

from dataclasses import dataclass

from voicegw_local.options import option

__all__ = ["WhisperOptions"]


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    """The options of `inference.STT("whisper/...")`, and of `providers.whisper` in the config."""

    model_path: str | None = option("a CTranslate2 Whisper folder of your own", default=None)
    device: str = option("where to compute", default="cpu", one_of=("cpu", "cuda", "auto"))
    device_index: int = option("which GPU", default=0, least=0)
    compute_type: str = option(
        "number format of the weights",
        default="int8",
        one_of=(
            "default",
            "auto",
            "int8",
            "int8_float16",
            "int8_float32",
            "int8_bfloat16",
            "int16",
            "float16",
            "bfloat16",
            "float32",
        ),
    )
    cpu_threads: int = option(
        "threads of one recognition; 0: the engine's choice", default=0, least=0
    )
    num_workers: int = option("recognitions at a time", default=1, least=1, most=64)
    beam_size: int = option(
        "beams of the search; 5 is slower and a little better", default=1, least=1
    )
    temperature: float = option("of the sampling", default=0.0, least=0, most=1)
    vad_filter: bool = option("drop what is not speech before recognizing", default=False)
    no_speech_threshold: float = option(
        "drop a segment likelier than this to hold no speech", default=0.6, least=0, most=1
    )
    condition_on_previous_text: bool = option(
        "let each segment of an utterance see the text before it", default=False
    )
    initial_prompt: str | None = option("text the model is to think came before", default=None)
    hotwords: str | None = option("words to expect, separated by spaces", default=None)
    streaming: bool = option(
        "transcribe while somebody speaks, not only when they stop", default=False
    )
    interim_seconds: float = option(
        "between two passes over what was said so far", default=0.5, least=0.1, most=10
    )
