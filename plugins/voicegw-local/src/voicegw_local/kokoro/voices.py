"""Who can speak, and which languages."""

from __future__ import annotations

import difflib
import zipfile
from pathlib import Path

from voicegateway.errors import ModelFileError

__all__ = ["VOICES", "language_of", "voice_named", "voices_in"]

# The first letter is the language, the second f or m.
_BY_LANGUAGE = {
    "af": "alloy aoede bella heart jessica kore nicole nova river sarah sky",
    "am": "adam echo eric fenrir liam michael onyx puck santa",
    "bf": "alice emma isabella lily",
    "bm": "daniel fable george lewis",
    "ef": "dora",
    "em": "alex santa",
    "ff": "siwis",
    "hf": "alpha beta",
    "hm": "omega psi",
    "if": "sara",
    "im": "nicola",
    "jf": "alpha gongitsune nezumi tebukuro",
    "jm": "kumo",
    "pf": "dora",
    "pm": "alex santa",
    "zf": "xiaobei xiaoni xiaoxiao xiaoyi",
    "zm": "yunjian yunxi yunxia yunyang",
}
VOICES = tuple(f"{kind}_{name}" for kind, names in _BY_LANGUAGE.items() for name in names.split())
"""Of `voices-v1.0.bin`, in its order."""

# To the names that espeak-ng, which says how words sound, has for them.
_LANGUAGES = {
    "en": "en-us",
    "en-us": "en-us",
    "en-gb": "en-gb",
    "es": "es",
    "fr": "fr-fr",
    "hi": "hi",
    "it": "it",
    "pt": "pt-br",
    "pt-br": "pt-br",
}
_OF_VOICE = {"a": "en", "b": "en-gb", "e": "es", "f": "fr", "h": "hi", "i": "it", "p": "pt"}


def voices_in(path: Path) -> tuple[str, ...]:
    """The names in a voices file, without the engine. Raises `ModelFileError`."""
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(name.removesuffix(".npy") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise ModelFileError(f"The file {path} is not a Kokoro voices file.") from error


def voice_named(name: str, known: tuple[str, ...]) -> str:
    """The name, if it is known. Raises `ValueError` naming the nearest."""
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1) or [v for v in known if v.endswith(name)]
    hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(known)}."
    raise ValueError(f"Kokoro has no voice {name!r}: {hint}")


def language_of(language: str | None, voice: str) -> str:
    """The language to speak, as espeak-ng names it: the one that was asked for (BCP 47), else the
    voice's own. Raises `ValueError` for one that cannot be spoken."""
    wanted = language or _OF_VOICE.get(voice[0])
    if wanted is None:
        raise ValueError(
            f"The voice {voice!r} was made for Japanese or Chinese, whose writing kokoro-onnx "
            "cannot read aloud: choose another voice, or say which language it is to speak with "
            "the option language."
        )
    tag = wanted.lower().replace("_", "-")
    found = _LANGUAGES.get(tag) or _LANGUAGES.get(tag.split("-")[0])
    if found is None:
        some = ", ".join(_LANGUAGES)
        raise ValueError(f"Kokoro does not speak {language!r}: its languages are {some}.")
    return found
