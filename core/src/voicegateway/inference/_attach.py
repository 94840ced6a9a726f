"""Meter an `AgentSession` whose plugins were built by hand."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from voicegateway.core.registry import get_registry
from voicegateway.inference._factory import meter_object
from voicegateway.inference._session_context import fix_session
from voicegateway.types import Modality

if TYPE_CHECKING:
    from livekit.agents import AgentSession

__all__ = ["attach"]

logger = logging.getLogger("voicegateway.meter")


def attach(session: AgentSession[Any], project: str | None = None) -> None:
    """Meter the models of a session, and of every agent it hands over to. Call it before
    `session.start()`. Objects that a factory made are metered already and are left alone."""
    fix_session(session, project)
    _meter_all((session.stt, session.llm, session.tts))
    _follow_agents(session)


def _follow_agents(session: Any) -> None:
    """An agent may bring models of its own, and a session changes agents through one method."""
    from voicegateway.middleware.livekit_names import SESSION_SWITCH  # imports LiveKit

    switch = getattr(session, SESSION_SWITCH, None)
    if switch is None:
        logger.warning(
            "LiveKit's AgentSession no longer has %s: models of an agent's own are not metered "
            "by attach(); make them with voicegateway.inference.",
            SESSION_SWITCH,
        )
        return

    def follow(agent: Any, *arguments: Any, **keywords: Any) -> Any:
        _meter_all((agent.stt, agent.llm, agent.tts))
        return switch(agent, *arguments, **keywords)

    setattr(session, SESSION_SWITCH, follow)


def _meter_all(models: Iterable[Any]) -> None:
    from livekit.agents import llm, stt, tts  # 1.3 s: only an agent pays it

    kinds = {stt.STT: Modality.STT, llm.LLM: Modality.LLM, tts.TTS: Modality.TTS}
    for model in models:
        if isinstance(model, llm.RealtimeModel):
            logger.warning(
                "attach() does not meter realtime models yet: %s is not in the ledger.",
                type(model).__name__,
            )
        for target in _unwrapped(model):
            modality = next((m for kind, m in kinds.items() if isinstance(target, kind)), None)
            if modality is not None:
                meter_object(target, modality, _provider_id(target), str(target.model))


def _unwrapped(model: Any) -> Iterator[Any]:
    """What an adapter wraps, or the model itself."""
    from livekit.agents import llm, stt, tts  # as above

    from voicegateway.middleware.livekit_names import ADAPTER_CHILDREN

    adapters = (
        stt.FallbackAdapter,
        llm.FallbackAdapter,
        tts.FallbackAdapter,
        stt.StreamAdapter,
        tts.StreamAdapter,
    )
    if not isinstance(model, adapters):
        yield model
        return
    for name in ADAPTER_CHILDREN:
        children = getattr(model, name, ())
        for child in children if isinstance(children, (list, tuple)) else [children]:
            yield from _unwrapped(child)


def _provider_id(target: Any) -> str:
    """The installed provider that an object belongs to: by its module, or by what it says of
    itself; else the module's name, unpriced."""
    module = type(target).__module__
    match = re.match(r"livekit\.plugins\.([^.]+)", module)
    said = re.sub(r"[^a-z0-9]+", "_", str(target.provider).lower()).strip("_")
    candidates = [match.group(1)] if match else []
    candidates += [said, module.split(".")[0].removeprefix("voicegw_")]
    known = {record.provider for record in get_registry().records()}
    return next((name for name in candidates if name in known), candidates[0])
