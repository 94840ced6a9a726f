"""What Kokoro can be told."""

from __future__ import annotations

from dataclasses import dataclass

from voicegw_local.options import option

__all__ = ["KokoroOptions"]


@dataclass(frozen=True, slots=True)
class KokoroOptions:
    """The options of `inference.TTS("kokoro/...")`, and of `providers.kokoro` in the config."""

    model_path: str | None = option("a Kokoro model of your own: its .onnx file", default=None)
    voices_path: str | None = option("the voices that belong to it: a .bin file", default=None)
    voice: str = option("who speaks, where the model string does not say", default="af_heart")
    language: str | None = option("of the text; None: the voice's own", default=None)
    speed: float = option("2 is twice as fast as the voice's own", default=1.0, least=0.5, most=2)
    first_words: int = option(
        "cut the beginning of a turn after about this many words; 0: never", default=8, least=0
    )
    sentence_pause: float = option("seconds between two sentences", default=0.25, least=0, most=5)
    clause_pause: float = option(
        "seconds at a comma where the text was cut", default=0.1, least=0, most=5
    )
    threads: int = option("threads of one synthesis; 0: the engine's choice", default=0, least=0)
    device: str = option("where to compute", default="cpu", one_of=("cpu", "cuda"))

    def __post_init__(self) -> None:
        if (self.model_path is None) != (self.voices_path is None):
            raise ValueError(
                "The kokoro options 'model_path' and 'voices_path' belong together: give both."
            )
