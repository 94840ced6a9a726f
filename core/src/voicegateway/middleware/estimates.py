"""What a call may cost, before it is made: a bound from what is known of it, or what calls of its
kind have cost of late, whichever is less."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from voicegateway.authoring.counters import DeclaredTerms
from voicegateway.middleware.call import UNWATCHED, Call, Leg
from voicegateway.storage.budgets import MOST_NANO
from voicegateway.storage.models import nano_usd
from voicegateway.types import Modality, Mode, PriceQuote, Unit, Usage

__all__ = ["AHEAD_SECONDS", "Estimator", "covered"]

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
_GOOD_SECONDS: Final = 60.0
"""How long a price that was asked for is taken for today's."""
_LOWEST_RATE: Final = 8000
"""Samples a second, of a stream that has not been given any yet."""

Price = Callable[[Call, Usage], PriceQuote]
_Kind = tuple[Leg, Mode]


@dataclass(frozen=True, slots=True)
class _Bound:
    nano: int | None
    until: float
    leg: Leg
    terms: DeclaredTerms


class Estimator:
    """Remembers what calls cost, and prices bounds. `estimate` and `bound` from any thread."""

    def __init__(self, price: Price) -> None:
        self._price = price
        self._bounds: dict[tuple[int, int, str, int, int], _Bound] = {}
        self._costs: dict[_Kind, deque[int]] = {}
        self._typical: dict[_Kind, int] = {}

    def learn(self, call: Call, nano: int) -> None:
        """What an attempt did cost; in the ledger's thread alone. It takes no lock, since a fork
        may happen in the middle."""
        kind = (call.leg, call.mode)
        costs = self._costs.setdefault(kind, deque(maxlen=_REMEMBERED))
        costs.append(nano)
        if len(costs) >= _ENOUGH:
            rank = math.ceil(0.99 * len(costs)) - 1
            self._typical[kind] = int(sorted(costs)[rank] * _MARGIN)

    def prices_changed(self) -> None:
        """Rates have changed."""
        self._bounds = {}

    def estimate(self, call: Call, *, bound: bool) -> int | None:
        """Nano-dollars to hold for one more attempt; None if it cannot be priced."""
        most = self.bound(call)
        if most is None or bound:
            return most
        return min(most, self._typical.get((call.leg, call.mode), most))

    def bound(self, call: Call, more: int = 0, *, ahead: bool = True) -> int | None:
        """What the call costs at most if `more` is sent (characters or samples), as far as can be
        known, and `ahead` what a stream may take until its hold is looked at a few times. Sizes
        are rounded up by an eighth at most, so that few of them are ever priced."""
        size = _round_up(_input_size(call, more, ahead=ahead))
        limit = call.output_limit
        answer = _OUTPUT_TOKENS if limit is None else _round_up(limit)
        # By identity, which is quicker to look up: what is remembered keeps both alive.
        key = (id(call.leg), id(call.terms), call.mode, size, answer)
        known, now = self._bounds.get(key), time.monotonic()
        if known is not None and now < known.until:
            return known.nano
        if len(self._bounds) >= _CACHED:
            self._bounds = {}
        most = self._priced(call, size, answer)
        self._bounds[key] = _Bound(most, now + _GOOD_SECONDS, call.leg, call.terms)
        return most

    def _priced(self, call: Call, size: int, answer: int) -> int | None:
        """The dearest way to count it that has a price, if the plain one has."""
        amounts = [
            self._price(call, Usage(units, "estimated")).amount_usd
            for units in _ways_to_count(call, size, answer)
        ]
        if amounts[0] is None:
            return None
        most = nano_usd(max(amount for amount in amounts if amount is not None)) or 0
        return min(max(0, most), MOST_NANO)


def covered(call: Call) -> int:
    """Until how much input what a stream holds suffices: characters, or samples."""
    if call.mode == "batch" or call.leg.modality is Modality.LLM:
        return UNWATCHED
    if call.leg.modality is Modality.TTS:
        return call.input_count + _AHEAD_CHARACTERS
    return call.input_count + AHEAD_SECONDS * (call.input_rate or _LOWEST_RATE)


def _input_size(call: Call, more: int, *, ahead: bool) -> int:
    """Tokens at most, characters, or seconds."""
    if call.leg.modality is Modality.LLM:
        texts = call.prompt_bytes + call.tool_bytes
        return texts + _TOKENS_PER_MESSAGE * call.prompt_messages
    streams = call.mode != "batch"
    if call.leg.modality is Modality.TTS:
        return call.input_count + more + (_AHEAD_CHARACTERS if streams and ahead else 0)
    samples = call.input_count + more - _sent_before(call)
    seconds = math.ceil(samples / call.input_rate) if call.input_rate else 0
    if not streams:
        return seconds
    attempt = call.current
    if attempt is not None and attempt.ended is None:  # some vendors bill silence as well
        seconds = max(seconds, math.ceil(time.perf_counter() - attempt.started))
    return seconds + (AHEAD_SECONDS if ahead else math.ceil(2 * call.checkpoint_seconds))


def _sent_before(call: Call) -> int:
    """Samples that earlier attempts of a stream were given, and that are not sent again."""
    attempt = call.current
    if attempt is None:
        return 0
    return attempt.input_start if attempt.input_end is None else attempt.input_end


def _ways_to_count(call: Call, size: int, answer: int) -> list[dict[Unit, Decimal]]:
    """A prompt may be billed as written to the vendor's cache, which costs more."""
    if call.leg.modality is not Modality.LLM:
        return [_units(call, size)]
    prompts = (Unit.INPUT_TOKENS, Unit.CACHE_WRITE_TOKENS, Unit.CACHE_WRITE_1H_TOKENS)
    return [{unit: Decimal(size), Unit.OUTPUT_TOKENS: Decimal(answer)} for unit in prompts]


def _units(call: Call, size: int) -> dict[Unit, Decimal]:
    """Every unit that a vendor of speech may bill; the price picks those that it does."""
    amount = Decimal(size)
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
