"""OpenAI's usage and cost reports: `GET /v1/organization/usage/{completions, audio_speeches,
audio_transcriptions}` and `/v1/organization/costs`, as the interface answers them.

Fields: the types of openai 3.54, `types.admin.organization`. Seconds are Unix time, and the end of
a bucket is no part of it.
"""

from voicegw_openai.usage_export.pages import read_export

__all__ = ["read_export"]
