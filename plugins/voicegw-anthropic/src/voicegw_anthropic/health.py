"""`voicegw doctor --keys`: is the key accepted?"""

from __future__ import annotations

import os

from voicegateway.authoring import probe
from voicegateway.types import ProviderCheck, ProviderSettings
from voicegw_anthropic.address import DEFAULT, api_root

__all__ = ["check"]

_API_VERSION = "2023-06-01"


async def check(settings: ProviderSettings) -> ProviderCheck:
    """Asks for one line of the list of models, which costs nothing."""
    key = settings.api_key.reveal() if settings.api_key else os.environ.get("ANTHROPIC_API_KEY")
    if not key:
        return ProviderCheck(ok=False, detail="there is no key: set ANTHROPIC_API_KEY")
    url = f"{api_root(settings.base_url or DEFAULT)}/v1/models?limit=1"
    return await probe(url, {"x-api-key": key, "anthropic-version": _API_VERSION})
