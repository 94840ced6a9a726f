"""Make an `OllamaLLM` out of what the hook is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicegateway.types import ProviderSettings
from voicegw_local.ollama.address import server_address
from voicegw_local.ollama.llm import OllamaLLM
from voicegw_local.ollama.options import OllamaOptions
from voicegw_local.ollama.server import OllamaServer
from voicegw_local.options import read_options

__all__ = ["make_llm"]


def make_llm(model: str, settings: ProviderSettings, options: Mapping[str, Any]) -> OllamaLLM:
    """Raises `ValueError` for options and addresses that cannot be."""
    chosen = read_options(OllamaOptions, "ollama", settings, options, address=True)
    return OllamaLLM(model, chosen, OllamaServer(server_address(settings.base_url)))
