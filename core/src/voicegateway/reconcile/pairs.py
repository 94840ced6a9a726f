"""Brings together what the ledger and the vendor say of the same model in the same role."""

from __future__ import annotations

from dataclasses import dataclass

from voicegateway.reconcile.billed import EVERY_MODEL, ZERO, Bill, Theirs
from voicegateway.reconcile.recorded import Ours, Recorded
from voicegateway.types import Modality, Unit

__all__ = ["Pair", "pairs"]

Key = tuple[str, Modality | None]


@dataclass(slots=True)
class Pair:
    model: str
    modality: Modality | None
    """None: of several roles, or the vendor does not say."""
    ours: Ours | None
    theirs: Theirs | None


def pairs(recorded: Recorded, bill: Bill) -> list[Pair]:
    """One pair a model and role. What the vendor sums over all models is compared with the sum of
    ours, and then not once more model by model."""
    ours: dict[Key, Ours] = {}
    theirs: dict[Key, Theirs] = {}
    for model in sorted({model for model, _ in [*recorded, *bill.models]}):
        _place(model, recorded, bill, ours, theirs)
    stars = [key for key in theirs if key[0] == EVERY_MODEL]
    stars.sort(key=lambda key: key[1] is None)  # the narrower scope first
    found = [_over_models(star, ours, theirs) for star in stars]
    keys = sorted({*ours, *theirs} - set(stars), key=lambda key: (key[0], key[1] or ""))
    found += [Pair(*key, ours.get(key), theirs.get(key)) for key in keys]
    return found


def _place(
    model: str, recorded: Recorded, bill: Bill, ours: dict[Key, Ours], theirs: dict[Key, Theirs]
) -> None:
    here = {role: found for (name, role), found in recorded.items() if name == model}
    there = {role: found for (name, role), found in bill.models.items() if name == model}
    roles: set[Modality] = {*here, *(role for role in there if role is not None)}
    for role, mine in here.items():
        ours.setdefault((model, _role(role, roles, there)), Ours()).merge(mine)
    for named, their in there.items():
        theirs.setdefault((model, _role(named, roles, there)), Theirs()).merge(their)


def _role(
    role: Modality | None, roles: set[Modality], there: dict[Modality | None, Theirs]
) -> Modality | None:
    """A vendor that does not say the role means the only one there is, or all of them."""
    if None not in there:
        return role
    return next(iter(roles)) if len(roles) == 1 else None


def _over_models(star: Key, ours: dict[Key, Ours], theirs: dict[Key, Theirs]) -> Pair:
    their, role = theirs[star], star[1]
    scope = [key for key in ours if role in (None, key[1])]
    others = [theirs[key] for key in theirs if key[0] != EVERY_MODEL and role in (None, key[1])]
    by_model = {unit for found in others for unit in found.units}
    units = their.units.keys() - by_model
    cost = all(found.cost_usd is None for found in others)
    cost = cost and (their.cost_usd is not None or not others)
    if not scope or not (units or cost):
        return Pair(EVERY_MODEL, role, None, their)
    together = Ours()
    for key in scope:
        together.merge(_taken(ours[key], units, cost=cost))
        if key not in theirs:
            del ours[key]
    return Pair(EVERY_MODEL, role, together, their)


def _taken(ours: Ours, units: set[Unit], *, cost: bool) -> Ours:
    """Moves units, and the cost, out of one model's."""
    taken = Ours(
        requests=ours.requests,
        unpriced=ours.unpriced if cost else ours.requests,
        units={unit: ours.units.pop(unit) for unit in units & ours.units.keys()},
        known_usd=ours.known_usd if cost else ZERO,
        weights=dict(ours.weights) if cost else {},
    )
    if cost:
        ours.unpriced, ours.known_usd = ours.requests, ZERO
    return taken
