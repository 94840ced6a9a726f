"""Model files of providers that run on this machine: where they are, whether they are whole, and
how to fetch them.

A plugin declares its models with the hook `model_bundles`; nothing is ever downloaded unless
`fetch` is called, so no session waits for one. Fetching needs the extra `voicegw[models]`,
everything else the standard library alone.
"""

from __future__ import annotations

from voicegateway.modelfiles.fetching import fetch
from voicegateway.modelfiles.folders import MODELS_VARIABLE, bundle_folder, models_folder
from voicegateway.modelfiles.inspection import (
    BundleStatus,
    FileStatus,
    State,
    require,
    status,
    verify,
)
from voicegateway.modelfiles.progress import Progress, Report

__all__ = [
    "MODELS_VARIABLE",
    "BundleStatus",
    "FileStatus",
    "Progress",
    "Report",
    "State",
    "bundle_folder",
    "fetch",
    "models_folder",
    "require",
    "status",
    "verify",
]
