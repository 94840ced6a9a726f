"""The tests that every provider plugin must pass, whoever wrote it.

    import voicegw_acme
    from voicegateway.testing import STTConformance

    class TestAcmeSTT(STTConformance):
        provider = "acme"
        plugin = voicegw_acme
        package = "voicegw_acme"
        model = "swift-1"

        @pytest.fixture
        async def cloud(self):
            async with AcmeCloud() as cloud:
                yield cloud

`voicegateway.testing.fixtures` has the fixtures they need. The attributes that describe a plugin
are those of `subject.Subject`, and of `pricing.PricingConformance`.
"""

from __future__ import annotations

import pytest

_PARTS = (
    "calls", "cloud", "construction", "contract", "faults", "importing", "judging", "metering",
    "pricing", "quotes", "secrecy", "subject", "suite",
)  # fmt: skip
# Else their assertions would fail without showing what they compared.
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in _PARTS))
