"""Where the API is."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DEFAULT", "api_base"]

DEFAULT: Final = "https://api.groq.com"


def api_base(address: str) -> str:
    """What Groq's clients put `/chat/completions` behind, out of whatever part of an address the
    user gave: `https://api.groq.com` becomes `https://api.groq.com/openai/v1`."""
    base = re.sub(r"^ws(?=s?://)", "http", address.strip())
    base = re.sub(r"(/chat/completions|/audio/(transcriptions|speech))?/*$", "", base)
    if base.endswith("/v1"):
        return base
    return f"{base.removesuffix('/openai')}/openai/v1"
