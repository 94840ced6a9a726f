"""Where calls of a project go that has no budget left and is to be throttled, not blocked."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from voicegateway.types import Modality

if TYPE_CHECKING:
    from voicegateway.middleware.call import Call

__all__ = ["forget_targets", "throttled"]

logger = logging.getLogger("voicegateway.budget")

_targets: dict[tuple[str, str, str], Any] = {}


def throttled(call: Call) -> Any | None:
    """The model of the project's `throttle_stack` for this kind of call; None if it has none, or
    the call was to that very model."""
    # It makes models with the factories, which meter them with this.
    from voicegateway.inference import LLM, STT, TTS
    from voicegateway.inference._factory import get_gateway
    from voicegateway.middleware.instrumented_provider import leg_of

    config, project = get_gateway().config, call.scope.project
    entry = config.projects.get(project)
    stack = config.stacks.get(entry.throttle_stack or "") if entry is not None else None
    if stack is None:
        return None
    role = call.leg.modality.value
    model = str(getattr(stack, role))
    key = (project, role, model)
    if key not in _targets:
        make: Any = {"stt": STT, "llm": LLM, "tts": TTS}[role]
        logger.warning("Project %s has no budget left: its %s now goes to %s", project, role, model)
        # Without a chain: that would lead back to the models that were just refused.
        _targets[key] = make(model, project=project, fallback=[])
    target = _targets[key]
    return None if leg_of(target) == call.leg else _fitting(target, call)


def _fitting(target: Any, call: Call) -> Any | None:
    """A voice that takes whole texts can be given a stream of them, cut into sentences; ears that
    hear whole recordings cannot, unless somebody tells them where speech ends."""
    if call.mode == "batch" or call.leg.modality is Modality.LLM or target.capabilities.streaming:
        return target
    if call.leg.modality is Modality.STT:
        return None
    from livekit.agents import tts  # the call was made on LiveKit's object

    return tts.StreamAdapter(tts=target)


def forget_targets() -> None:
    """With the gateway that made them."""
    _targets.clear()
