"""`voicegw status`: what is configured."""

from voicegateway.cli.status.command import status

__all__ = ["status"]
