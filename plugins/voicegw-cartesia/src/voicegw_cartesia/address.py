"""Where Cartesia's API is."""

from __future__ import annotations

from voicegateway.types import ProviderSettings

__all__ = ["DEFAULT", "api_root"]

DEFAULT = "https://api.cartesia.ai"


def api_root(settings: ProviderSettings) -> str:
    """The root as LiveKit's clients take it: with http or https, which they turn into ws or wss
    for themselves, and without a slash at the end. Raises `ValueError` for anything else."""
    root = (settings.base_url or DEFAULT).rstrip("/")
    if root.startswith(("ws://", "wss://")):
        root = root.replace("ws", "http", 1)
    if not root.startswith(("http://", "https://")):
        raise ValueError(
            f"base_url of the provider {settings.provider!r} is {settings.base_url!r}: write its "
            f"root with the scheme, such as {DEFAULT}."
        )
    return root
