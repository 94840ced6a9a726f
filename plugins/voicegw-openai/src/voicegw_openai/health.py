"""`voicegw doctor --keys`: is the key accepted?"""

from __future__ import annotations

from voicegateway.authoring import probe
from voicegateway.types import ProviderCheck, ProviderSettings
from voicegw_openai.address import OFFICIAL, api_url

__all__ = ["check_key"]


async def check_key(settings: ProviderSettings) -> ProviderCheck:
    """Lists the models, which costs nothing."""
    if settings.api_key is None:
        return ProviderCheck(ok=False, detail="there is no key: set OPENAI_API_KEY")
    try:
        url = api_url(settings) or OFFICIAL
    except ValueError as error:
        return ProviderCheck(ok=False, detail=str(error))
    return await probe(f"{url}/models", {"Authorization": f"Bearer {settings.api_key.reveal()}"})
