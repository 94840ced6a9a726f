"""From a language tag to the code that Whisper knows."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

__all__ = ["english_only", "whisper_code"]

# The languages of the multilingual models, as faster-whisper 1.2.1 lists them; checked by a test.
_SPOKEN = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he "
    "hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne "
    "nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk "
    "ur uz vi yi yo yue zh"
)
CODES = frozenset(_SPOKEN.split())
_ALIASES = {"nb": "no", "iw": "he", "in": "id", "jv": "jw", "fil": "tl", "cmn": "zh", "ji": "yi"}
_ANY = frozenset({"auto", "multi"})
_ENGLISH_VOCABULARY = 51_864  # entries; a multilingual one has more


def whisper_code(language: str | None, model: str, *, english: bool) -> str | None:
    """The model's code for a BCP 47 tag; None: the model is to find out. Raises `ValueError` for a
    language that it does not speak."""
    from livekit.agents import LanguageCode

    if language is None or language.lower() in _ANY:
        return "en" if english else None
    base = LanguageCode(language).language
    code = _ALIASES.get(base, base)
    if english and code != "en":
        raise ValueError(
            f"The model whisper/{model} knows English alone, not {language!r}: choose a "
            "multilingual one, for example whisper/base."
        )
    if code not in CODES:
        near = difflib.get_close_matches(code, sorted(CODES), n=1)
        hint = f": did you mean {near[0]!r}?" if near else "."
        raise ValueError(f"Whisper does not know the language {language!r}{hint}")
    return code


def english_only(folder: Path) -> bool:
    """Whether the model in `folder` has the English vocabulary."""
    text = folder / "vocabulary.txt"
    if text.is_file():
        with text.open("rb") as stream:
            return sum(1 for _ in stream) <= _ENGLISH_VOCABULARY
    entries = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    return len(entries) <= _ENGLISH_VOCABULARY
