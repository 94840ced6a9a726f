"""Where calls of a project go that has no budget left and is to be throttled, not blocked."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voicegateway.middleware.call import Call

__all__ = ["forget_targets", "throttled"]

logger = logging.getLogger("voicegateway.budget")

_targets: dict[tuple[str, str], Any] = {}


def throttled(call: Call) -> Any | None:
    """The model of the project's `throttle_stack` for this kind of call; None if it has none, or
    the call was to that very model."""
    # It makes models with the factories, which meter them with this.
    from voicegateway.inference import LLM, STT, TTS
    from voicegateway.inference._factory import get_gateway

    config, project = get_gateway().config, call.scope.project
    entry = config.projects.get(project)
    stack = config.stacks.get(entry.throttle_stack or "") if entry is not None else None
    if stack is None:
        return None
    role = call.leg.modality.value
    model = str(getattr(stack, role))
    if model.startswith(f"{call.leg.provider}/{call.leg.model}"):
        return None
    key = (project, role)
    if key not in _targets:
        make: Any = {"stt": STT, "llm": LLM, "tts": TTS}[role]
        logger.warning("Project %s has no budget left: its %s now goes to %s", project, role, model)
        _targets[key] = make(model, project=project)
    return _targets[key]


def forget_targets() -> None:
    """With the gateway that made them."""
    _targets.clear()
