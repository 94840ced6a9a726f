"""The end of a stream's input, held back until Cartesia is there to hear it."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["InputGate"]


class InputGate:
    """LiveKit's client takes a stream whose input has ended before it runs for one that nobody
    wants: it connects to nothing and says no word, of a retry neither. What was pushed would be
    lost, and still be in the ledger."""

    def __init__(self, end_input: Callable[[], None]) -> None:
        self._end_input = end_input
        self._is_open = self._has_ended = False

    def end_input(self) -> None:
        """In place of the stream's own."""
        if self._is_open:
            self._end_input()
        else:
            self._has_ended = True

    def open(self) -> None:
        """There is a connection."""
        self._is_open = True
        if self._has_ended:
            self._has_ended = False
            self._end_input()
