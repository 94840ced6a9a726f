"""Where to cut the text of a turn, so that speech begins early and does not pause.

Kokoro makes a piece whole before any of it can be heard, in a third of the time it takes to say
it on two quick cores, and in more on slow ones. So a turn's first piece is short; the next may be
twice as long, as it is made while the first is heard; from then on it goes by sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["CLAUSE_END", "CLOSING", "SENTENCE_END", "Beginning", "shorten"]

SENTENCE_END = ".!?…।"
CLAUSE_END = ",;:\N{EM DASH}\N{EN DASH}"
CLOSING = "\"')»\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
"""What may stand behind the mark that ends a quotation."""

_GROWTH = 2  # from one piece to the next
_PIECES = 2  # of a beginning
_TAIL = 3  # words that are worth a piece of their own
_LONGEST = 32  # words of a sentence: about ten seconds, in which nothing can stop it

_WORD = re.compile(r"\S+")
_MARK = re.compile(rf"[{SENTENCE_END}{CLAUSE_END}][{CLOSING}]*$")
_ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e))\.$")


class Beginning:
    """The first pieces of a turn, each at most twice as long as the one before."""

    def __init__(self, words: int) -> None:
        """`words` of the first piece; 0: it is not cut off."""
        self._limit = words
        self._left = _PIECES if words else 0

    @property
    def over(self) -> bool:
        return not self._left

    def take(self, text: str) -> int | None:
        """Where in `text` to cut off one more piece; None: nowhere, or not yet."""
        end = _cut(text, self._limit) if self._left else None
        if end is not None:
            self._left -= 1
            self._limit *= _GROWTH
        return end


def shorten(sentence: str) -> Iterator[str]:
    """A sentence, in pieces if it is very long."""
    while (end := _cut(sentence, _LONGEST)) is not None and len(sentence.split()) > _LONGEST:
        yield sentence[:end]
        sentence = sentence[end:]
    yield sentence


def _cut(text: str, limit: int) -> int | None:
    """The end of a piece of at most `limit` words, with the space behind it: at the first mark in
    its second half; if there is none and the words are too many, at the last in its first half,
    else behind the last word. None: there is no place yet."""
    words = list(_WORD.finditer(text))
    most = min(limit, len(words) - 1)  # the last word may not be complete
    marks = [count for count in range(1, most + 1) if _ends_clause(words[count - 1][0])]
    chosen = next((count for count in marks if 2 * count >= limit), None)
    if chosen is None:
        if len(words) <= limit + _TAIL:
            return None
        chosen = marks[-1] if marks else limit
    return words[chosen].start()


def _ends_clause(word: str) -> bool:
    return bool(_MARK.search(word)) and not _ABBREVIATION.search(word)
