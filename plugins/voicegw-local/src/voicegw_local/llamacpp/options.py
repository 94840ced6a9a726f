"""What llama.cpp can be told: some when a model is loaded, some with each request."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from voicegw_local.options import option

__all__ = ["LOAD_OPTIONS", "REQUEST_OPTIONS", "LlamaOptions"]


@dataclass(frozen=True, slots=True)
class LlamaOptions:
    """The options of `inference.LLM("llamacpp/...")`, and of `providers.llamacpp` in the config.
    None leaves a value to the engine or the model."""

    model_path: str | None = option("a GGUF file of your own", default=None)
    n_ctx: int = option("tokens of one conversation, prompt and answer", default=4096, least=64)
    parallel: int = option("conversations at a time", default=2, least=1, most=64)
    threads: int = option("threads that compute; 0: the engine's choice", default=0, least=0)
    n_batch: int = option(
        "prompt tokens computed before looking for an interruption", default=256, least=32
    )
    prompt_cache_mb: int = option(
        "memory for prompts of other conversations, to go on with", default=256, least=0
    )
    gpu_layers: int = option(
        "layers on the GPU, where there is one; -1: the engine's choice", default=-1, least=-1
    )
    chat_template: str | None = option("Jinja text, in place of the model's own", default=None)
    in_process: bool = option("run in this process: it stands still while loading", default=False)
    thinking: bool | None = option(
        "whether a model that can think before it answers does so", default=None
    )
    max_tokens: int | None = option("longest answer", default=None, least=1)
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
    repeat_penalty: float | None = option("1: none", default=None, least=0)
    presence_penalty: float | None = option(
        "against tokens said before", default=None, least=-2, most=2
    )
    frequency_penalty: float | None = option(
        "the more often they were said", default=None, least=-2, most=2
    )
    seed: int | None = option("the same answer to the same prompt", default=None, least=0)
    stop: tuple[str, ...] | None = option("texts that end the answer", default=None)

    def request(self) -> dict[str, Any]:
        """What goes into each request, without what is left to the engine."""
        chosen = {name: getattr(self, name) for name in REQUEST_OPTIONS}
        if self.thinking is not None:
            chosen["chat_template_kwargs"] = {"enable_thinking": self.thinking}
        return {name: value for name, value in chosen.items() if value is not None}

    def load(self) -> dict[str, Any]:
        """What a model is loaded with: equal ones share one engine."""
        return {name: getattr(self, name) for name in LOAD_OPTIONS}


LOAD_OPTIONS = (
    "n_ctx",
    "parallel",
    "threads",
    "n_batch",
    "prompt_cache_mb",
    "gpu_layers",
    "chat_template",
)
REQUEST_OPTIONS = tuple(
    field.name
    for field in dataclasses.fields(LlamaOptions)
    if field.name not in {*LOAD_OPTIONS, "model_path", "in_process", "thinking"}
)
