"""What the adapters of all three modalities share: the models, best first, and the way from one
to the next."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from livekit.agents import APITimeoutError

from voicegateway.middleware import livekit_names
from voicegateway.middleware.call import after_failure
from voicegateway.middleware.error_names import error_name
from voicegateway.middleware.fallback.closing import Closings, give_up
from voicegateway.middleware.fallback.deadline import Deadline
from voicegateway.middleware.fallback.failures import (
    Failure,
    NothingHeardError,
    all_failed,
    is_final,
    is_refusal,
)
from voicegateway.middleware.fallback.recovery import Cooldown, Recovery, Trial
from voicegateway.middleware.instrumented_provider import belong_to, leg_of

__all__ = ["Chain", "Turn", "model_name"]

logger = logging.getLogger("voicegateway.fallback")

Child = TypeVar("Child")
Answer = TypeVar("Answer")


def model_name(child: Any) -> str:
    """`provider/model`: the gateway's own names of a metered object, else what it says of
    itself."""
    leg = leg_of(child)
    return f"{child.provider}/{child.model}" if leg is None else f"{leg.provider}/{leg.model}"


@dataclass(slots=True, eq=False)
class Turn:
    """A model's turn within one request."""

    trial: Trial
    failures: list[Failure]
    """Of the models before it."""
    last: bool
    """No other model is left to be asked."""
    doubted: list[Trial]
    """Of those that heard nothing."""

    @property
    def index(self) -> int:
        return self.trial.index

    def answered(self) -> None:
        """It did what was asked of it; what others could not hear was there to be heard."""
        self.trial.succeeded()
        for trial in self.doubted:
            trial.failed()
        self.doubted.clear()


class Chain(Generic[Child]):
    """The models of one adapter. `natives` are the metered objects, `children` what is asked,
    which is the same except where LiveKit wraps one."""

    def __init__(
        self,
        kind: str,
        natives: Sequence[Any],
        children: Sequence[Child],
        cooldown: Cooldown,
        changed: Callable[[int], None],
        *,
        probing: bool = False,
    ) -> None:
        self.kind = kind
        self.natives = tuple(natives)
        self.children = tuple(children)
        self.names = tuple(map(model_name, natives))
        self.recovery = Recovery(len(self.children), cooldown, changed, probing=probing)
        self.closings = Closings()
        self._probes: set[asyncio.Task[None]] = set()

    async def ask(
        self,
        attempt: Callable[[Turn], Awaitable[Answer]],
        no_return: Callable[[Exception], Exception | None] = lambda _: None,
    ) -> Answer:
        """The first answer that a model gives. `no_return` says, when one has failed, what to
        raise if the caller has had too much of its answer for another to begin anew."""
        failures: list[Failure] = []
        doubted: list[Trial] = []
        way = self.recovery.round()
        with contextlib.ExitStack() as undecided:
            while (trial := way.next()) is not None:
                undecided.enter_context(trial)
                turn = Turn(trial, failures, way.exhausted, doubted)
                try:
                    answer = await attempt(turn)
                except Exception as error:
                    if is_final(error):
                        raise
                    self._note(turn, error)
                    if (fatal := no_return(error)) is not None:
                        raise fatal from None
                else:
                    if not trial.decided:
                        turn.answered()
                    return answer
            raise all_failed(self.kind, failures)

    def _note(self, turn: Turn, error: Exception) -> None:
        """A model has failed."""
        failure = Failure(self.names[turn.index], error_name(error))
        turn.failures.append(failure)
        if isinstance(error, NothingHeardError):
            turn.doubted.append(turn.trial)
        elif not is_refusal(error):
            turn.trial.failed()
        logger.warning("%s %s failed (%s)", self.kind, failure.model, failure.reason)

    @contextlib.contextmanager
    def asking(self, failures: Sequence[Failure]) -> Iterator[None]:
        """Calls that are made within, and in tasks started within, say in their rows which model
        failed before them."""
        if not failures:
            yield
            return
        token = after_failure.set(failures[-1].model)
        try:
            yield
        finally:
            after_failure.reset(token)

    @contextlib.asynccontextmanager
    async def attending(self, stream: Any, deadline: Deadline) -> AsyncIterator[None]:
        """A model's stream under a deadline: it is given up when that passes, and closed in any
        case."""
        try:
            async with deadline:
                yield
        except TimeoutError:
            if not deadline.expired:
                raise
            late = APITimeoutError("no output in time")
            give_up(stream, late)
            raise late from None
        finally:
            await self.closings.close(stream)

    def probe(self, ask: Callable[[Trial], Coroutine[Any, Any, None]]) -> None:
        """Try the models that have cooled down, behind the caller's back and at its expense,
        where that was asked for."""
        for trial in self.recovery.probes():
            task = asyncio.create_task(self._probe(trial, ask))
            self._probes.add(task)
            task.add_done_callback(self._probes.discard)

    async def _probe(self, trial: Trial, ask: Callable[[Trial], Coroutine[Any, Any, None]]) -> None:
        with trial:
            try:
                await ask(trial)
            except Exception as error:  # noqa: BLE001 - nobody waits for it; its row says why
                self._note(Turn(trial, [], last=True, doubted=[]), error)
            else:
                trial.succeeded()

    def listened_to(self, callback: object) -> None:
        """An AgentSession listens to the adapter, not to its models: pass on whose they are."""
        session = livekit_names.agent_session_of_listener(callback)
        if session is not None:
            for native in self.natives:
                belong_to(native, session)

    async def aclose(self) -> None:
        """End the probes, and close the models."""
        for task in self._probes:
            task.cancel()
        await asyncio.gather(*self._probes, return_exceptions=True)
        await self.closings.aclose()
        for native in self.natives:
            await native.aclose()
