"""Has a call made by another model, where its project's budget says so."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from voicegateway.errors import BudgetThrottleSignal
from voicegateway.middleware.call import Call

__all__ = ["Instead", "elsewhere"]

Instead = Callable[[Call], Any]
"""The object to ask in place of the one that a call was made on; None if there is none."""

_sent_on: contextvars.ContextVar[bool] = contextvars.ContextVar("voicegw_sent_on", default=False)
"""Within a call that was sent on already: what it is refused, it is refused."""


@contextmanager
def elsewhere(instead: Instead | None, call: Call, signal: BudgetThrottleSignal) -> Iterator[Any]:
    """The object to ask; whatever it makes inside is not sent on again. Raises the signal if there
    is none."""
    other = None if instead is None or _sent_on.get() else instead(call)
    if other is None:
        raise signal
    token = _sent_on.set(True)
    try:
        yield other
    finally:
        _sent_on.reset(token)
