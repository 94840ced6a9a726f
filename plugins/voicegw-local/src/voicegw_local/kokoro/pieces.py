"""Cut text into pieces to speak, while it is being written."""

from __future__ import annotations

from collections.abc import Iterator

from livekit.agents import tokenize

from voicegw_local.kokoro.cutting import Beginning, shorten

__all__ = ["PieceStream", "pieces_of"]


def pieces_of(text: str, first_words: int) -> Iterator[str]:
    """The pieces of a whole text; put together they are the text."""
    return _Cutter(first_words).cut(text, complete=True)


class PieceStream(tokenize.SentenceStream):
    """The beginning in short pieces, then sentence by sentence. Nothing is lost: the pieces put
    together are the text."""

    def __init__(self, first_words: int) -> None:
        super().__init__()
        self._cutter = _Cutter(first_words)

    def push_text(self, text: str) -> None:
        self._send(text, complete=False)

    def flush(self) -> None:
        """What has been written so far is complete."""
        self._send("", complete=True)

    def end_input(self) -> None:
        self.flush()
        self._do_close()

    async def aclose(self) -> None:
        self._do_close()

    def _send(self, text: str, *, complete: bool) -> None:
        self._check_not_closed()
        for piece in self._cutter.cut(text, complete=complete):
            self._event_ch.send_nowait(tokenize.TokenData(token=piece))


class _Cutter:
    def __init__(self, first_words: int) -> None:
        self._beginning = Beginning(first_words)
        self._sentences = tokenize.blingfire.SentenceTokenizer(retain_format=True)
        self._text = ""

    def cut(self, text: str, *, complete: bool) -> Iterator[str]:
        """The pieces that are ready. The rest is kept, unless the text is complete."""
        self._text += text
        while (end := self._beginning.take(self._text)) is not None:
            yield self._text[:end]
            self._text = self._text[end:]
        if not complete and not self._beginning.over:
            return
        sentences = self._sentences.tokenize(self._text)
        if not complete:  # the last may go on
            sentences = sentences[:-1]
        self._text = "" if complete else self._text[len("".join(sentences)) :]
        for sentence in sentences:
            yield from shorten(sentence)
