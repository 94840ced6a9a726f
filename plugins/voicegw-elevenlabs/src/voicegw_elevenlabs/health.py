"""`voicegw doctor --keys`: is the key accepted?"""

from __future__ import annotations

from voicegateway.authoring import probe
from voicegateway.types import ProviderCheck, ProviderSettings
from voicegw_elevenlabs.address import api_root, key_header

__all__ = ["check"]


async def check(settings: ProviderSettings) -> ProviderCheck:
    """Lists the models, which costs nothing. A key with restricted access needs the permission
    `models_read` for it."""
    if settings.api_key is None:
        return ProviderCheck(ok=False, detail="set ELEVEN_API_KEY, or api_key in the config")
    try:
        root = api_root(settings)
    except ValueError as error:
        return ProviderCheck(ok=False, detail=str(error))
    return await probe(f"{root}/models", key_header(settings))
