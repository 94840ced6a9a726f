"""The tests that a plugin's `read_usage_export` must pass, whoever wrote it: a believable month in
a real ledger, the vendor's own export of the same month, and what `voicegw reconcile` says of the
two, when they agree and when a fault is planted in either.

    class TestAcmeAgrees(ReconcileConformance):
        provider, plugin = "acme", voicegw_acme
        legs = (Leg("swift-1", Modality.STT, lambda chance: {Unit.AUDIO_SECONDS: seconds(chance)}),)
        rows = {"swift-1": {Unit.AUDIO_SECONDS}}

        def export(self, calls, folder, width=DAY):
            return [write the vendor's answer for these calls into files]
"""

from __future__ import annotations

import pytest

_PARTS = ("calls", "faults", "hostile", "ledger", "planting", "suite")
# Else their assertions would fail without showing what they compared.
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in _PARTS))
