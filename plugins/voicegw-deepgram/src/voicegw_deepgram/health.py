"""`voicegw doctor --keys`: is the key accepted?"""

from __future__ import annotations

import os

from voicegateway.authoring import probe
from voicegateway.types import ProviderCheck, ProviderSettings
from voicegw_deepgram.address import key_check

__all__ = ["check_key"]


async def check_key(settings: ProviderSettings) -> ProviderCheck:
    """Asks what the key may do; costs nothing."""
    key = settings.api_key.reveal() if settings.api_key else os.environ.get("DEEPGRAM_API_KEY")
    if not key:
        return ProviderCheck(ok=False, detail="there is no key: set DEEPGRAM_API_KEY")
    try:
        url = key_check(settings.base_url)
    except ValueError as error:
        return ProviderCheck(ok=False, detail=str(error))
    return await probe(url, {"Authorization": f"Token {key}"})
