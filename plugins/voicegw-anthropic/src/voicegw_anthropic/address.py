"""Where the API is."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DEFAULT", "api_root"]

DEFAULT: Final = "https://api.anthropic.com"


def api_root(address: str) -> str:
    """The vendor's root URL, which its client puts `/v1/messages` behind, out of whatever part of
    an address the user gave."""
    root = re.sub(r"^ws(?=s?://)", "http", address.strip())
    return re.sub(r"(/v1)?(/messages)?/*$", "", root)
