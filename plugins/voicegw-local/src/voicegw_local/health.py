"""For `voicegw doctor`: is an engine on this machine here, and has it a model?"""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Sequence
from pathlib import Path

from voicegateway.types import ModelBundle, ProviderCheck, ProviderSettings
from voicegw_local.engines import is_installed

__all__ = ["check_engine"]


def check_engine(
    provider: str,
    module: str,
    distribution: str,
    bundles: Sequence[ModelBundle],
    settings: ProviderSettings,
) -> ProviderCheck:
    """Looks at names and sizes only: no engine is imported and no model loaded."""
    started = time.perf_counter()
    if not is_installed(module):
        detail = f'{distribution} is not installed: pip install "voicegw-local[{provider}]"'
        return ProviderCheck(ok=False, detail=detail)
    engine = f"{distribution} {_version(distribution)}".rstrip()
    models = _models(provider, bundles, settings)
    latency = (time.perf_counter() - started) * 1e3
    if not models:
        command = f"voicegw models fetch {provider}/{bundles[0].model}"
        return ProviderCheck(
            ok=False, detail=f"{engine}; no model is here: {command}", latency_ms=latency
        )
    detail = f"{engine}; models here: {', '.join(models)}"
    return ProviderCheck(ok=True, detail=detail, latency_ms=latency)


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:  # the same engine under another name
        return ""


def _models(provider: str, bundles: Sequence[ModelBundle], settings: ProviderSettings) -> list[str]:
    from voicegateway.modelfiles import State, status

    here = [b.model for b in bundles if status(provider, b).state is State.PRESENT]
    own = settings.extra.get("model_path")
    if isinstance(own, str) and Path(own).expanduser().exists():
        here.append(own)
    return here
