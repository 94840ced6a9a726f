"""When a model that failed may be asked again.

It cools down, from `first` seconds doubling to `most`, less some jitter so that many agents do
not come back at the same moment. Then one real request may try it, while the others keep to the
next model until it has answered. Nothing is ever sent only to see whether it works, unless
probing was asked for.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

__all__ = ["Cooldown", "Recovery", "Round", "Trial"]


@dataclass(frozen=True, slots=True)
class Cooldown:
    """How long a failed model is left alone. Seconds."""

    first: float = 5.0
    most: float = 60.0
    jitter: float = 0.2
    """The largest part of it that chance may take off."""
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    """From 0 to 1."""

    def after(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row."""
        longest = min(self.most, self.first * 2.0 ** min(failures - 1, 30))
        return longest * (1 - self.jitter * self.chance())


@dataclass(slots=True)
class _Health:
    failures: int = 0
    """In a row."""
    failed_at: float = 0.0
    until: float = 0.0
    """The end of its cooldown."""
    tried: bool = False
    """A request is trying it again just now."""


@dataclass(slots=True, eq=False)
class Trial:
    """One request's turn with one model. Leaving the `with` block without a verdict, as a request
    does that its caller cancels, says nothing about the model."""

    index: int
    began: float
    again: bool
    """It tries a model that has cooled down."""
    recovery: Recovery = field(repr=False)
    decided: bool = False

    def succeeded(self) -> None:
        if not self.decided:
            self.decided = True
            self.recovery.succeeded(self)

    def failed(self) -> None:
        self.decided = True
        self.recovery.failed(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.released()

    def released(self) -> None:
        if not self.decided:
            self.decided = True
            self.recovery.released(self)


class Recovery:
    """The state of so many models, best first, named by their index. For one event loop."""

    def __init__(
        self,
        count: int,
        cooldown: Cooldown,
        changed: Callable[[int], None],
        *,
        probing: bool = False,
    ) -> None:
        self._cooldown = cooldown
        self._health = [_Health() for _ in range(count)]
        self._changed = changed
        self._probing = probing

    def round(self) -> Round:
        """One request's way through the models."""
        return Round(self)

    def next_index(self) -> int:
        """The model that a request made now would ask first."""
        ready = [i for i in range(len(self._health)) if self._ready(i)]
        return ready[0] if ready else self.coolest()[0]

    def is_down(self, index: int) -> bool:
        """Whether it failed when it was asked last."""
        return self._health[index].failures > 0

    def coolest(self) -> list[int]:
        """All models, that whose cooldown ends first at the front."""
        return sorted(range(len(self._health)), key=lambda i: self._health[i].until)

    def claim(self, index: int, *, anyway: bool = False) -> Trial | None:
        """A turn with this model; None if it is to be left alone, unless it is wanted anyway."""
        if not anyway and not self._ready(index):
            return None
        health = self._health[index]
        again = health.failures > 0 and not health.tried
        health.tried = health.tried or again
        return Trial(index, self._cooldown.clock(), again, self)

    def probes(self) -> list[Trial]:
        """Turns with every model that has cooled down, where probing was asked for."""
        if not self._probing:
            return []
        due = [i for i, health in enumerate(self._health) if health.failures and self._cooled(i)]
        return [trial for trial in (self.claim(i, anyway=True) for i in due) if trial is not None]

    def succeeded(self, trial: Trial) -> None:
        health = self._health[trial.index]
        was_down = health.failures > 0
        self._health[trial.index] = _Health()
        if was_down:
            self._changed(trial.index)

    def failed(self, trial: Trial) -> None:
        """Requests that fail together count once: those that began before the failure was known
        tell nothing new."""
        health = self._health[trial.index]
        self.released(trial)
        if health.failures and trial.began < health.failed_at:
            return
        health.failures += 1
        health.failed_at = self._cooldown.clock()
        health.until = health.failed_at + self._cooldown.after(health.failures)
        if health.failures == 1:
            self._changed(trial.index)

    def released(self, trial: Trial) -> None:
        if trial.again:
            self._health[trial.index].tried = False

    def _ready(self, index: int) -> bool:
        if not self._health[index].failures:
            return True
        return self._cooled(index) and not self._probing

    def _cooled(self, index: int) -> bool:
        health = self._health[index]
        return self._cooldown.clock() >= health.until and not health.tried


class Round:
    """One request's way: the models that may be asked, best first; then, rather than fail without
    a call, those that still cool down."""

    def __init__(self, recovery: Recovery) -> None:
        self._recovery = recovery
        self._left = list(range(len(recovery.coolest())))

    def next(self) -> Trial | None:
        """None when every model has had its turn."""
        for index in self._left:
            trial = self._recovery.claim(index)
            if trial is not None:
                self._left.remove(index)
                return trial
        for index in self._recovery.coolest():
            if index in self._left:
                self._left.remove(index)
                return self._recovery.claim(index, anyway=True)
        return None

    @property
    def exhausted(self) -> bool:
        return not self._left
