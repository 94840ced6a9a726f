"""ElevenLabs' three reports, as the interface answers them: `POST
/v1/workspace/analytics/query/usage-by-product-over-time` (credits), `/v1/workspace/analytics/usage`
(costs), and the older `GET /v1/usage/character-stats`.

Fields: the types and documentation of elevenlabs 2.78.
"""

from voicegw_elevenlabs.usage_export.reports import read_export

__all__ = ["read_export"]
