"""Interim transcripts that do not flicker: what two passes in a row agree on is kept.

Whisper hears a growing utterance anew each time and changes its mind about the end of it. The
words that two passes one after the other begin with are committed and never change again
(LocalAgreement-2, Liu et al. 2020); what follows is shown and may change.
"""

from __future__ import annotations

__all__ = ["Agreement"]


class Agreement:
    """One utterance."""

    def __init__(self) -> None:
        self._before: list[str] = []
        self._committed: list[str] = []

    @property
    def committed(self) -> str:
        return " ".join(self._committed)

    def update(self, text: str) -> str:
        """Take in a pass over all that was said so far; returns what to show."""
        words = text.split()
        agreed = 0
        for old, new in zip(self._before, words, strict=False):
            if _plain(old) != _plain(new):
                break
            agreed += 1
        if agreed > len(self._committed):
            self._committed += words[len(self._committed) : agreed]
        self._before = words
        return " ".join([*self._committed, *words[len(self._committed) :]])


def _plain(word: str) -> str:
    """Case and punctuation change until the sentence is whole, and do not make another word."""
    return "".join(letter for letter in word.lower() if letter.isalnum()) or word
