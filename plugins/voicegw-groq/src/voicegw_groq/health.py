"""`voicegw doctor --keys`: is the key accepted?"""

from __future__ import annotations

import os

from voicegateway.authoring import probe
from voicegateway.types import ProviderCheck, ProviderSettings
from voicegw_groq.address import DEFAULT, api_base

__all__ = ["check"]


async def check(settings: ProviderSettings) -> ProviderCheck:
    """Asks for the list of models, which costs nothing."""
    key = settings.api_key.reveal() if settings.api_key else os.environ.get("GROQ_API_KEY")
    if not key:
        return ProviderCheck(ok=False, detail="there is no key: set GROQ_API_KEY")
    url = f"{api_base(settings.base_url or DEFAULT)}/models"
    return await probe(url, {"Authorization": f"Bearer {key}"})
