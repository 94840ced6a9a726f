"""`voicegw doctor --keys`: does AssemblyAI accept the key?"""

from __future__ import annotations

from voicegateway.authoring import probe
from voicegateway.types import ProviderCheck, ProviderSettings
from voicegw_assemblyai.address import rest_root

__all__ = ["check_key"]


async def check_key(settings: ProviderSettings) -> ProviderCheck:
    """Asks for one entry of the list of transcripts, which costs nothing."""
    if settings.api_key is None:
        return ProviderCheck(ok=False, detail="set ASSEMBLYAI_API_KEY")
    headers = {"Authorization": settings.api_key.reveal()}  # raw: it refuses "Bearer"
    return await probe(f"{rest_root(settings)}/v2/transcript?limit=1", headers)
