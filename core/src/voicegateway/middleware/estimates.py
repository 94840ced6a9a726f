"""What a call may cost, before it is made: a bound from what is known of it, or what calls of its
kind have cost of late, whichever is less."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from voicegateway.middleware.call import Call, Leg
from voicegateway.storage.models import nano_usd
from voicegateway.types import Modality, Mode, PriceQuote, Unit, Usage

__all__ = ["AHEAD_SECONDS", "Estimator"]

AHEAD_SECONDS: Final = 60
"""A stream of speech holds what the next minute would cost."""
_AHEAD_CHARACTERS: Final = 400
"""A stream of text holds what so many more characters would cost: half a minute of speech."""
_OUTPUT_TOKENS: Final = 4096
"""The longest answer that is reckoned with where the call sets no limit of its own."""
_TOKENS_PER_MESSAGE: Final = 8
_SLOWEST_SPEECH: Final = 5
"""Characters a second: slower speech is not made."""
_AUDIO_TOKENS_A_SECOND: Final = 25
_TEXT_TOKENS_A_SECOND: Final = 8
_REMEMBERED: Final = 200
_ENOUGH: Final = 20
_MARGIN: Final = Decimal("1.2")
_CACHED: Final = 4096

Price = Callable[[Call, Usage], PriceQuote]
_Kind = tuple[Leg, Mode]


class Estimator:
    """Remembers what calls cost, and prices bounds. From any thread."""

    def __init__(self, price: Price) -> None:
        self._price = price
        self._bounds: dict[tuple[_Kind, int, int], int | None] = {}
        self._costs: dict[_Kind, deque[int]] = {}
        self._typical: dict[_Kind, int] = {}
        self._lock = threading.Lock()

    def learn(self, call: Call, nano: int) -> None:
        """What an attempt did cost; in the ledger's thread."""
        kind = (call.leg, call.mode)
        with self._lock:
            costs = self._costs.setdefault(kind, deque(maxlen=_REMEMBERED))
            costs.append(nano)
            if len(costs) >= _ENOUGH:
                rank = math.ceil(0.99 * len(costs)) - 1
                self._typical[kind] = int(sorted(costs)[rank] * _MARGIN)

    def estimate(self, call: Call, *, bound: bool) -> int | None:
        """Nano-dollars to hold for one more attempt; None if it cannot be priced."""
        most = self.bound(call)
        if most is None or bound:
            return most
        return min(most, self._typical.get((call.leg, call.mode), most))

    def bound(self, call: Call) -> int | None:
        """What the call costs at most, as far as can be known before it is made. Sizes are
        rounded up by an eighth at most, so that few of them are ever priced."""
        size, more = _round_up(_input_size(call)), _round_up(call.output_limit or _OUTPUT_TOKENS)
        key = ((call.leg, call.mode), size, more)
        if key not in self._bounds:
            if len(self._bounds) >= _CACHED:
                self._bounds.clear()
            usage = Usage(_units(call, size, more), "estimated")
            self._bounds[key] = nano_usd(self._price(call, usage).amount_usd)
        return self._bounds[key]


def _input_size(call: Call) -> int:
    """Tokens at most, characters, or seconds."""
    if call.leg.modality is Modality.LLM:
        return call.prompt_bytes + _TOKENS_PER_MESSAGE * call.prompt_messages
    if call.leg.modality is Modality.TTS:
        return call.input_count + (_AHEAD_CHARACTERS if call.mode != "batch" else 0)
    seconds = math.ceil(call.input_count / call.input_rate) if call.input_rate else 0
    return seconds + (AHEAD_SECONDS if call.mode != "batch" else 0)


def _units(call: Call, size: int, answer: int) -> dict[Unit, Decimal]:
    """Every unit that a vendor of this modality may bill; the price picks those that it does."""
    amount = Decimal(size)
    if call.leg.modality is Modality.LLM:
        return {Unit.INPUT_TOKENS: amount, Unit.OUTPUT_TOKENS: Decimal(answer)}
    if call.leg.modality is Modality.TTS:
        seconds = Decimal(math.ceil(size / _SLOWEST_SPEECH))
        return {
            Unit.CHARACTERS: amount,
            Unit.AUDIO_SECONDS: seconds,
            Unit.INPUT_TOKENS: amount,
            Unit.OUTPUT_AUDIO_TOKENS: seconds * _AUDIO_TOKENS_A_SECOND,
            Unit.REQUESTS: Decimal(1),
        }
    return {
        Unit.AUDIO_SECONDS: amount,
        Unit.SESSION_SECONDS: amount,
        Unit.INPUT_AUDIO_TOKENS: amount * _AUDIO_TOKENS_A_SECOND,
        Unit.OUTPUT_TOKENS: amount * _TEXT_TOKENS_A_SECOND,
        Unit.REQUESTS: Decimal(1),
    }


def _round_up(size: int) -> int:
    """To three significant bits and one more: by an eighth at most."""
    step = 1 << max(0, size.bit_length() - 4)
    return -(-size // step) * step
