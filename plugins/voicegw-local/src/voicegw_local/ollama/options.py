"""What Ollama can be told: how to load a model, and how to answer."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voicegateway.types import ProviderSettings
from voicegw_local.options import option, read_options, refuse_unknown

__all__ = ["ANSWER_OPTIONS", "LOAD_OPTIONS", "PER_ANSWER", "OllamaOptions"]

_DURATION = re.compile(r"-?(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+")  # as Go reads it
_LEVELS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class OllamaOptions:
    """The options of `inference.LLM("ollama/...")`, and of `providers.ollama` in the config. None
    leaves a value to the server or the model."""

    num_ctx: int = option("tokens of one conversation, prompt and answer", default=8192, least=64)
    num_gpu: int | None = option("layers on the GPU; 0: none", default=None, least=-1)
    main_gpu: int | None = option("which GPU", default=None, least=0)
    num_thread: int | None = option("threads that compute", default=None, least=1)
    num_batch: int | None = option("prompt tokens computed at a time", default=None, least=1)
    use_mmap: bool | None = option("map the model's file into memory", default=None)
    keep_alive: str | int = option(
        "how long the model stays loaded: 30m, 2h or seconds; -1: for ever", default="30m"
    )
    load_timeout: float = option("seconds that loading may take", default=300.0, least=1)
    think: bool | str | None = option(
        "let a reasoning model think before it speaks: true, false, low, medium or high",
        default=False,
    )
    num_predict: int | None = option("longest answer, in tokens; -1: any", default=None, least=-2)
    num_keep: int | None = option("prompt tokens never dropped", default=None, least=-1)
    temperature: float | None = option("0: always the likeliest token", default=None, least=0)
    top_p: float | None = option(
        "sample from the likeliest tokens that make up this much", default=None, least=0, most=1
    )
    top_k: int | None = option(
        "sample from this many of the likeliest tokens", default=None, least=0
    )
    min_p: float | None = option(
        "drop tokens less likely than this share of the likeliest", default=None, least=0, most=1
    )
    typical_p: float | None = option("1: off", default=None, least=0, most=1)
    repeat_last_n: int | None = option("tokens to look back for repeats", default=None, least=-1)
    repeat_penalty: float | None = option("1: none", default=None, least=0)
    presence_penalty: float | None = option(
        "against tokens said before", default=None, least=-2, most=2
    )
    frequency_penalty: float | None = option(
        "the more often they were said", default=None, least=-2, most=2
    )
    seed: int | None = option("the same answer to the same prompt", default=None)
    stop: tuple[str, ...] | None = option("texts that end the answer", default=None)

    def __post_init__(self) -> None:
        if isinstance(self.keep_alive, str) and not _DURATION.fullmatch(self.keep_alive):
            raise ValueError(
                "The ollama option 'keep_alive' must be a time such as 30m or 2h, or seconds as a "
                "number."
            )
        if isinstance(self.think, str) and self.think not in _LEVELS:
            raise ValueError(
                f"The ollama option 'think' must be true, false or one of {', '.join(_LEVELS)}."
            )

    def request(self) -> dict[str, Any]:
        """The request's `options`, without what is left to the server."""
        chosen = {name: getattr(self, name) for name in (*LOAD_OPTIONS, *ANSWER_OPTIONS)}
        return {name: value for name, value in chosen.items() if value is not None}

    def changed(self, changes: Mapping[str, Any]) -> OllamaOptions:
        """With other options for one answer. Raises `ValueError` for what is no such option, and
        for one of those that a model is loaded with: another value makes Ollama load it anew."""
        for name in changes:
            if name in LOAD_OPTIONS:
                raise ValueError(
                    f"The ollama option {name!r} is set once, where the object is made: a change "
                    "would make Ollama load the model anew."
                )
        refuse_unknown("ollama", changes, PER_ANSWER)
        now = ProviderSettings("ollama", extra=dataclasses.asdict(self))
        return read_options(OllamaOptions, "ollama", now, changes)


LOAD_OPTIONS = ("num_ctx", "num_gpu", "main_gpu", "num_thread", "num_batch", "use_mmap")
ANSWER_OPTIONS = tuple(
    field.name
    for field in dataclasses.fields(OllamaOptions)
    if field.name not in {*LOAD_OPTIONS, "keep_alive", "load_timeout", "think"}
)
PER_ANSWER = frozenset({*ANSWER_OPTIONS, "think"})
"""What one call may change."""
