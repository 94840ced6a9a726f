"""One sentence for each flagged row: what parts, and where to look first."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from voicegateway.reconcile.billed import EXACT, ZERO
from voicegateway.reconcile.causes import is_close
from voicegateway.reconcile.rows import Row
from voicegateway.types import Unit

__all__ = ["hint_of"]

_RATIOS: Final = {
    "2": "exactly twice as much: look for lines or rows that are counted twice",
    "60": "60 times as much: one side counts minutes, the other seconds",
    "3600": "3,600 times as much: one side counts hours, the other seconds",
    "1000": "1,000 times as much: one side counts thousands",
    "1000000": "1,000,000 times as much: one side counts millions",
}
_CACHED: Final = {
    Unit.INPUT_TOKENS: (
        Unit.CACHED_INPUT_TOKENS,
        Unit.CACHE_WRITE_TOKENS,
        Unit.CACHE_WRITE_1H_TOKENS,
    ),
    Unit.INPUT_AUDIO_TOKENS: (Unit.CACHED_INPUT_AUDIO_TOKENS,),
}
_PARTED: Final = {
    "units": "the two sides count differently",
    "rate": "the same units have another price",
    "unmetered": "only the vendor has it",
    "unbilled": "only the ledger has it",
    "rounding": "rounding explains it",
}
_LOOK: Final = {
    "units": "compare the calls of one hour in `voicegw logs` with the vendor's",
    "rate": "compare `voicegw prices` with the contract, and the plan in the config",
    "unmetered": "look for agents that are not metered, or for a model's other spelling",
    "unbilled": "look for another account or key, or for a model's other spelling",
    "rounding": "nothing need be done",
}


def hint_of(row: Row) -> str:
    """For a row with a cause."""
    cause = row.cause or "rounding"
    found = next(filter(None, (look(row) for look in _LOOKS)), _LOOK[cause])
    return f"{_PARTED[cause]}; {found}"


def _unpriced(row: Row) -> str:
    ours = row.pair.ours
    if row.cause != "rate" or ours is None or not ours.unpriced:
        return ""
    return (
        f"{ours.unpriced} of {ours.requests} requests have no known price here: "
        "add a rate under pricing.overrides"
    )


def _ratio(row: Row) -> str:
    """A drift in units that is a whole conversion."""
    if row.cause not in ("units", "rate"):
        return ""
    figures = row.figures
    amounts = (figures.recorded, figures.vendor)
    what = ""
    if row.cause == "rate":
        amounts, what = (figures.recorded_usd, figures.vendor_usd), "the price is "
    for ratio, meaning in _RATIOS.items():
        if _times(*amounts, Decimal(ratio)):
            return f"the vendor's figure is {meaning}" if not what else f"{what}{meaning}"
        if _times(amounts[1], amounts[0], Decimal(ratio)):
            return f"the ledger's figure is {meaning}"
    return ""


def _times(small: Decimal | None, large: Decimal | None, ratio: Decimal) -> bool:
    return bool(small and large) and is_close(EXACT.multiply(small or ZERO, ratio), large)


def _cache(row: Row) -> str:
    """One side has the cached part in its input as well."""
    pair, figures = row.pair, row.figures
    if row.cause != "units" or pair.ours is None or pair.theirs is None:
        return ""
    for whole, parts in _CACHED.items():
        if figures.unit not in (whole, *parts):
            continue
        mine, their = pair.ours.units, pair.theirs.units
        for part in parts:
            if _sums(mine, whole, part, their.get(whole)):
                return f"the vendor's {whole} have the ledger's {part} in them"
            if _sums(their, whole, part, mine.get(whole)):
                return f"the ledger's {whole} have the vendor's {part} in them: cache counted twice"
    return ""


def _sums(units: dict[Unit, Decimal], whole: Unit, part: Unit, total: Decimal | None) -> bool:
    if not units.get(part) or total is None:
        return False
    return is_close(EXACT.add(units.get(whole, ZERO), units[part]), total)


def _other_unit(row: Row) -> str:
    figures = row.figures
    if row.cause != "units" or (figures.recorded and figures.vendor) or row.pair.theirs is None:
        return ""
    mine = ", ".join(row.pair.ours.units) if row.pair.ours else ""
    return f"the ledger counts {mine or 'nothing'}, the vendor {', '.join(row.pair.theirs.units)}"


def _project(row: Row) -> str:
    """Our surplus is what one project has."""
    figures, ours = row.figures, row.pair.ours
    if row.cause != "units" or ours is None or figures.unit is None or len(ours.projects) < 2:
        return ""
    for project, units in sorted(ours.projects.items()):
        rest = EXACT.subtract(figures.recorded or ZERO, units.get(figures.unit, ZERO))
        if units.get(figures.unit) and is_close(rest, figures.vendor):
            return f"the surplus is what project {project!r} has: is it on another account?"
    return ""


def _requests(row: Row) -> str:
    """Whether calls are missing, or the calls were measured differently."""
    if row.cause != "units" or row.pair.ours is None or row.pair.theirs is None:
        return ""
    theirs = row.pair.theirs.units.get(Unit.REQUESTS)
    if theirs is None or Unit.REQUESTS in row.pair.ours.units:
        return ""
    ours = row.pair.ours.requests
    if theirs == ours:
        return f"both have {ours} requests, so each call is measured differently"
    return f"the vendor has {theirs:f} requests and the ledger {ours}: calls are missing"


_LOOKS: Final[tuple[Callable[[Row], str], ...]] = (
    _unpriced, _cache, _other_unit, _ratio, _project, _requests,
)  # fmt: skip
