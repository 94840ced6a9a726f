"""One cheap authenticated request, for `check_provider`."""

from __future__ import annotations

import time
from collections.abc import Mapping

from voicegateway.types import ProviderCheck

__all__ = ["probe"]

_SECONDS = 10


async def probe(url: str, headers: Mapping[str, str]) -> ProviderCheck:
    """`GET url`: whether the vendor accepts the key in `headers`. Needs aiohttp, which LiveKit
    brings. Says nothing of what the vendor answered but its status."""
    import aiohttp  # 0.2 s, and only whoever asks for a check pays it

    begun = time.perf_counter()
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, headers=headers, allow_redirects=False) as response,
        ):
            status = response.status
    except TimeoutError:
        return ProviderCheck(ok=False, detail=f"no answer from {url} within {_SECONDS} s")
    except (aiohttp.ClientError, ValueError) as error:
        return ProviderCheck(ok=False, detail=f"{url} cannot be reached: {type(error).__name__}")
    spent = (time.perf_counter() - begun) * 1e3
    return ProviderCheck(ok=status < 300, detail=_meaning(status, url), latency_ms=spent)


def _meaning(status: int, url: str) -> str:
    if status < 300:
        return "the key is accepted"
    if status in {401, 403}:
        return f"the key is refused ({status}): check it in the vendor's console"
    if status == 429:
        return "the vendor limits this key's requests (429): try again later"
    return f"{url} answered {status}"
