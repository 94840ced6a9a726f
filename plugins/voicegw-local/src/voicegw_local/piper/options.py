"""What Piper can be told."""

from __future__ import annotations

from dataclasses import dataclass

from voicegw_local.options import option

__all__ = ["PiperOptions"]


@dataclass(frozen=True, slots=True)
class PiperOptions:
    """The options of `inference.TTS("piper/...")`, and of `providers.piper` in the config. None
    leaves a value to the voice's own file."""

    model_path: str | None = option("a voice of your own: its .onnx file", default=None)
    speaker: str | int | None = option("name or number, of a voice with several", default=None)
    speed: float | None = option("1 is the voice's own, 2 twice as fast", default=None, least=0.1)
    length_scale: float | None = option("the same, as Piper has it: 1 / speed", default=None)
    noise_scale: float | None = option("variation of the sound", default=None, least=0)
    noise_w_scale: float | None = option("variation of the rhythm", default=None, least=0)
    volume: float = option("1 is the voice's own", default=1.0, least=0, most=10)
    normalize_audio: bool = option("bring each sentence to full volume", default=True)
    threads: int = option("threads of one synthesis; 0: the engine's choice", default=0, least=0)
    device: str = option("where to compute", default="cpu", one_of=("cpu", "cuda"))

    def __post_init__(self) -> None:
        if self.speed is not None and self.length_scale is not None:
            raise ValueError("The piper options 'speed' and 'length_scale' say the same: give one.")
        if self.length_scale is not None and not 0.1 <= self.length_scale <= 10:
            raise ValueError("The piper option 'length_scale' must be between 0.1 and 10.")
