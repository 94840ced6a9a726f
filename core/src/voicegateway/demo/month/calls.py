"""One phone call of the sample month: turns of hearing, thinking and speaking, some of which are
interrupted, fail, are tried again or handed to another model."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from voicegateway.demo.month.attempts import Ended, Units, Whose, call_id, close
from voicegateway.demo.month.cast import FALLBACK, STACKS, Model, Project, Stack
from voicegateway.storage.models import AttemptClosed
from voicegateway.types import Outcome, Unit

__all__ = ["Weather", "phone_call"]

_FAILURES: Final = ("APIStatusError 503", "APIStatusError 429", "APITimeoutError")
_SPOKEN_A_SECOND: Final = 15
"""Characters."""
_INTERRUPTED: Final = 0.13
_USES_TOOL: Final = 0.12
_FAILS: Final = 0.006
_FAILS_IN_STORM: Final = 0.13


@dataclass(frozen=True, slots=True)
class Weather:
    """One vendor's bad afternoon."""

    provider: str
    start: datetime
    end: datetime

    def over(self, model: Model, at: datetime) -> bool:
        return model.provider == self.provider and self.start <= at < self.end


def phone_call(
    chance: random.Random, project: Project, start: datetime, weather: Weather
) -> Iterator[AttemptClosed]:
    """The requests of one call, roughly in the order in which they started."""
    usual, *others = project.stacks
    stack = STACKS[chance.choice(others) if others and chance.random() < 0.25 else usual]
    whose = Whose(project.name, f"RM_{call_id(chance, start)[-12:]}", "")
    call = _Call(chance, stack, whose, weather, start)
    yield from call.held(1 + int(chance.expovariate(1 / project.turns)))


class _Call:
    def __init__(
        self, chance: random.Random, stack: Stack, whose: Whose, weather: Weather, start: datetime
    ) -> None:
        self._chance = chance
        self._stack = stack
        self._whose = whose
        self._weather = weather
        self._now = start
        self._history = chance.randrange(700, 2400)
        """Tokens of the prompt so far."""

    def held(self, turns: int) -> Iterator[AttemptClosed]:
        start = self._now
        yield from self._says(self._chance.randrange(40, 120))
        for number in range(turns):
            yield from self._hears()
            yield from self._answers(seen=number > 0)
        if self._stack.stt.mode == "streaming":
            yield self._transcription(start)

    def _transcription(self, start: datetime) -> AttemptClosed:
        """One stream for the whole call."""
        seconds = (self._now - start).total_seconds()
        ended = Ended(_seconds(seconds), seconds * 1000)
        return self._close(self._stack.stt, start, ended)

    def _hears(self) -> Iterator[AttemptClosed]:
        spoken = self._chance.uniform(1.2, 7.5)
        self._wait(spoken + 0.4)
        if self._stack.stt.mode == "batch":
            took = self._first(self._stack.stt, self._now) + 60 * spoken
            yield self._close(self._stack.stt, self._now, Ended(_seconds(spoken), took, took))
            self._wait(took / 1000)

    def _answers(self, *, seen: bool) -> Iterator[AttemptClosed]:
        self._whose = replace(self._whose, speech_id=f"speech_{self._chance.getrandbits(48):012x}")
        if self._chance.random() < _USES_TOOL:
            tool = self._thinks(self._chance.randrange(18, 60), seen=seen)
            yield from tool
            self._wait((tool[-1].duration_ms or 0) / 1000 + self._chance.uniform(0.1, 0.9))
        tokens = self._chance.randrange(14, 95)
        thoughts = self._thinks(tokens, seen=seen)
        yield from thoughts
        self._history += tokens + self._chance.randrange(10, 60)
        last = thoughts[-1]
        if last.outcome == "completed":
            self._wait((last.ttfb_ms or 0) / 1000 + 0.15)
            yield from self._says(round(tokens * 4.4))
        self._whose = replace(self._whose, speech_id=None)

    def _thinks(self, tokens: int, *, seen: bool) -> list[AttemptClosed]:
        def thought(model: Model) -> Ended:
            first = self._first(model, self._now)
            whole = Ended(self._prompt(model, tokens, seen=seen), 0, first)
            part = self._chance.uniform(0.2, 0.8) if self._chance.random() < 0.02 else 1.0
            took = first + 1000 * tokens * part / model.speed
            return replace(whole, duration_ms=took, outcome=_outcome(part))

        return self._asked(self._stack.llm, thought)

    def _prompt(self, model: Model, tokens: int, *, seen: bool) -> Units:
        cached = self._history // 128 * 128 if model.caches and seen else 0
        units = {Unit.INPUT_TOKENS: self._history - cached, Unit.OUTPUT_TOKENS: tokens}
        if cached:
            units[Unit.CACHED_INPUT_TOKENS] = cached
        return {unit: Decimal(quantity) for unit, quantity in units.items()}

    def _says(self, characters: int) -> Iterator[AttemptClosed]:
        heard = self._chance.uniform(0.15, 0.7) if self._chance.random() < _INTERRUPTED else 1.0

        def spoken(model: Model) -> Ended:
            first = self._first(model, self._now)
            units = {Unit.CHARACTERS: Decimal(characters)}
            took = first + 1000 * characters * heard / model.speed
            return Ended(units, took, first, _outcome(heard))

        yield from self._asked(self._stack.tts, spoken)
        self._wait(characters * heard / _SPOKEN_A_SECOND)

    def _asked(self, model: Model, answer: Callable[[Model], Ended]) -> list[AttemptClosed]:
        """The attempts that failed, if any did, and the one that answered. None may: then the
        last of them has failed."""
        whose = replace(self._whose, call_id=call_id(self._chance, self._now))
        made: list[AttemptClosed] = []
        while self._chance.random() < self._risk(model) and whose.fallback_from is None:
            made.append(self._failed(model, whose))
            other = FALLBACK.get(model.id)
            if whose.attempt == 1 and self._chance.random() < 0.5:
                whose = replace(whose, attempt=2)
            elif other is None:
                return made
            else:
                new = call_id(self._chance, self._now)
                whose = replace(whose, call_id=new, attempt=1, fallback_from=model.id)
                model = other
        return [*made, close(self._chance, model, whose, self._now, answer(model))]

    def _failed(self, model: Model, whose: Whose) -> AttemptClosed:
        took = self._chance.uniform(90, 2500)
        failed = Ended({}, took, outcome="failed", error=self._chance.choice(_FAILURES))
        record = close(self._chance, model, whose, self._now, failed)
        self._wait(took / 1000 + 0.1)
        return record

    def _close(self, model: Model, at: datetime, ended: Ended) -> AttemptClosed:
        whose = replace(self._whose, call_id=call_id(self._chance, at), speech_id=None)
        return close(self._chance, model, whose, at, ended)

    def _risk(self, model: Model) -> float:
        return _FAILS_IN_STORM if self._weather.over(model, self._now) else _FAILS

    def _first(self, model: Model, at: datetime) -> float:
        """Milliseconds to the first output: log-normal, and several times as long in a storm."""
        slow = self._chance.uniform(2.2, 5.5) if self._weather.over(model, at) else 1.0
        return model.first_ms * slow * self._chance.lognormvariate(0, 0.32)

    def _wait(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


def _outcome(part: float) -> Outcome:
    return "completed" if part == 1 else "cancelled"


def _seconds(seconds: float) -> Units:
    return {Unit.AUDIO_SECONDS: Decimal(f"{seconds:.2f}")}
