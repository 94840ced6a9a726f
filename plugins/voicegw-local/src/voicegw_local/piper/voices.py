"""What a voice's own file says of it, without the engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voicegateway.errors import ModelFileError

__all__ = ["VoiceFile"]

# Piper would download this voice's pronunciation model when it first speaks.
_DOWNLOADED_BY_PIPER = {"pinyin": "g2pW/g2pw.onnx"}


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """A voice's `.onnx` file and what stands in the `.onnx.json` beside it."""

    path: Path
    sample_rate: int
    """Hz."""
    config: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> VoiceFile:
        """Raises `ModelFileError` if it cannot be read, or if the voice needs another model."""
        try:
            config = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))
            rate = int(config["audio"]["sample_rate"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelFileError(
                f"The file {path.name}.json beside the voice {path} is not a Piper voice's "
                f"({type(error).__name__})."
            ) from error
        needed = _DOWNLOADED_BY_PIPER.get(str(config.get("phoneme_type")))
        if needed is not None and not (path.parent / needed).is_file():
            raise ModelFileError(
                f"The voice {path.name} needs {needed} in its folder: nothing is downloaded while "
                "an agent speaks."
            )
        return cls(path, rate, config)

    def speaker_id(self, speaker: str | int | None) -> int | None:
        """The number of a speaker by name or number. Raises `ValueError` if there is no such."""
        if speaker is None:
            return None
        names: dict[str, int] = self.config.get("speaker_id_map") or {}
        count = int(self.config.get("num_speakers", 1))
        if speaker in names:
            return names[str(speaker)]
        number = int(speaker) if str(speaker).isdecimal() else -1
        if 0 <= number < count and count > 1:
            return number
        if count == 1:
            raise ValueError(f"The voice {self.path.stem} has one speaker: leave {speaker!r} out.")
        some = ", ".join(list(names)[:5])
        raise ValueError(
            f"The voice {self.path.stem} has no speaker {speaker!r}: it has {count}"
            f"{f', among them {some}' if some else ''}."
        )
