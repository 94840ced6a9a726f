"""Arguments of `livekit.agents.inference` that mean nothing without LiveKit's cloud."""

from __future__ import annotations

from typing import Any

__all__ = ["UNSET", "collect_options", "given", "refuse"]

UNSET: Any = object()
"""Stands for an argument that was left out, where None is a value of its own."""


def given(value: Any) -> bool:
    """LiveKit's `NOT_GIVEN` is false in a boolean context and None stands for it here."""
    return value is not None and type(value).__name__ != "NotGiven"


def refuse(factory: str, reasons: dict[str, tuple[Any, str]]) -> None:
    """Raise `TypeError` for the first argument that was given and cannot be honoured."""
    for name, (value, reason) in reasons.items():
        if given(value):
            raise TypeError(f"inference.{factory}() takes no {name}= here: {reason}.")


def collect_options(
    extra_kwargs: Any, named: dict[str, Any], options: dict[str, Any]
) -> dict[str, Any]:
    """The options for the plugin: `extra_kwargs`, then the named ones, then the rest."""
    collected: dict[str, Any] = dict(extra_kwargs) if given(extra_kwargs) else {}
    collected.update({name: value for name, value in named.items() if given(value)})
    collected.update(options)
    return collected
