"""When an ear owes an answer.

Vendors are silent where nobody speaks, so silence alone proves nothing. An answer is due some
time after the first voiced audio that no event followed, after an interim transcript that no
final one followed, and after the end of the input.
"""

from __future__ import annotations

from livekit.agents import stt

from voicegateway.middleware.fallback.deadline import Deadline

__all__ = ["Hearing"]

_KIND = stt.SpeechEventType
_MIN_VOICED_SECONDS = 0.3
"""Less than this may be a click, unless a flush says that it was meant."""
_INTERIM = (_KIND.INTERIM_TRANSCRIPT, _KIND.PREFLIGHT_TRANSCRIPT)
_DONE = (_KIND.FINAL_TRANSCRIPT, _KIND.END_OF_SPEECH)


class Hearing:
    """What one ear was given and has said. Without `interim` it answers only once somebody has
    stopped speaking. `last`: nobody else is left to listen."""

    def __init__(self, timeout: float | None, *, interim: bool, last: bool) -> None:
        self.deadline = Deadline(self._lapsed)
        self.said_nothing = False
        """Whether the deadline passed for want of any answer to what sounded like speech."""
        self._timeout = timeout
        self._interim = interim
        self._last = last
        self._voiced = 0.0
        self._owes_final = False
        self._flushed = False
        self._ended = False

    @property
    def unanswered(self) -> bool:
        """Whether speech was heard that no event followed."""
        return self._voiced >= _MIN_VOICED_SECONDS or self._owes_final

    def voiced(self, seconds: float) -> None:
        """So much that may be speech was handed in."""
        self._voiced += seconds
        if not (self._interim and self.deadline.pending):
            self.deadline.expect(self._timeout)

    def steady(self) -> None:
        """What seemed to be speech is a noise."""
        if self._voiced and not (self._owes_final or self._ended):
            self._voiced = 0.0
            self.deadline.expect(None)

    def flushed(self) -> None:
        """All that was handed in is to be transcribed now."""
        if self._voiced or self._owes_final:
            self._flushed = True
            if not self.deadline.pending:
                self.deadline.expect(self._timeout)

    def ended(self) -> None:
        """No more audio comes: the stream is to end."""
        self._ended = True
        self.deadline.expect(self._timeout)

    def said(self, event: stt.SpeechEvent) -> bool:
        """Take note of an event; whether it is a transcript."""
        text = bool(event.alternatives and event.alternatives[0].text)
        if event.type in _INTERIM and text:
            self._answered(owes_final=True)
        elif event.type in _DONE or event.type is _KIND.START_OF_SPEECH:
            self._answered(owes_final=False)
        return text

    def _answered(self, *, owes_final: bool) -> None:
        self._voiced, self._flushed, self._owes_final = 0.0, False, owes_final
        self.deadline.expect(self._timeout if owes_final or self._ended else None)

    def _lapsed(self) -> bool:
        if self._ended or self._owes_final:
            return True
        enough = self._flushed or self._voiced >= _MIN_VOICED_SECONDS
        self._voiced, self._flushed = 0.0, False
        self.said_nothing = enough and not self._last
        return self.said_nothing
