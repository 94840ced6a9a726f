"""What Flux says it bills for each turn that it has spoken
(https://developers.deepgram.com/docs/flux-tts/server-messages)."""

from __future__ import annotations

from collections.abc import Mapping

from voicegateway.authoring import AttemptCounters

__all__ = ["note_turn"]


def note_turn(message: object, counters: AttemptCounters) -> None:
    """Keeps these facts: `speech_ids`, of the turns that began in this attempt; `turns`, of each
    that has ended the characters received and the characters billed; `turn_messages`, how often
    such a count came. A count of a turn that another attempt began is not this one's."""
    if not isinstance(message, Mapping):
        return
    speech, begun = str(message.get("speech_id")), counters.facts.get("speech_ids", ())
    if message.get("type") == "SpeechStarted":
        counters.note(speech_ids=(*begun, speech))
    elif message.get("type") == "SpeechMetadata" and (not begun or speech in begun):
        received = message.get("input_character_count")
        billed = message.get("billable_character_count")
        if isinstance(received, int) and isinstance(billed, int):
            turns = {**counters.facts.get("turns", {}), speech: (received, billed)}
            counters.note(turns=turns)
            counters.add(turn_messages=1)
