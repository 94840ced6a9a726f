"""`inference.stack`: the three models that go together, by one name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from voicegateway.core.stacks import find_stack
from voicegateway.errors import ConfigError
from voicegateway.inference._factory import get_gateway
from voicegateway.inference._llm import LLM
from voicegateway.inference._project import get_active_project
from voicegateway.inference._stt import STT
from voicegateway.inference._tts import TTS

if TYPE_CHECKING:
    from livekit.agents import llm, stt, tts

__all__ = ["StackModels", "stack"]


class StackModels(NamedTuple):
    """`AgentSession(**stack("premium")._asdict())`."""

    stt: stt.STT[Any]
    llm: llm.LLM[Any]
    tts: tts.TTS[Any]


def stack(
    name: str | None = None, *, project: str | None = None, session_id: str | None = None
) -> StackModels:
    """The STT, LLM and TTS of a stack: of the config, or one an installed plugin offers; without
    a name, the project's `default_stack`. Raises `ConfigError`."""
    config = get_gateway().config
    if name is None:
        project_id = project or get_active_project()
        owner = config.projects.get(project_id)
        name = owner.default_stack if owner is not None else None
        if name is None:
            raise ConfigError(
                f"Project {project_id!r} has no default_stack: name one, as in stack('local')."
            )
    models = find_stack(name, config)
    return StackModels(
        stt=STT(models.stt, project=project, session_id=session_id),
        llm=LLM(models.llm, project=project, session_id=session_id),
        tts=TTS(models.tts, project=project, session_id=session_id),
    )
