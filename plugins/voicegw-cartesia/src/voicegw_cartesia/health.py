"""`voicegw doctor --keys`: does Cartesia accept the key?"""

from __future__ import annotations

from voicegateway.authoring import probe
from voicegateway.types import ProviderCheck, ProviderSettings
from voicegw_cartesia.address import api_root

__all__ = ["check_key"]

_VERSION = "2025-04-16"
"""The API version that LiveKit's plugin speaks."""


async def check_key(settings: ProviderSettings) -> ProviderCheck:
    """Asks for one voice of the library, which costs nothing."""
    if settings.api_key is None:
        return ProviderCheck(ok=False, detail="set CARTESIA_API_KEY")
    headers = {"X-API-Key": settings.api_key.reveal(), "Cartesia-Version": _VERSION}
    return await probe(f"{api_root(settings)}/voices?limit=1", headers)
