"""The suites that every provider plugin must pass."""

from decimal import Decimal
from typing import ClassVar

import pytest
from cloud import AnthropicCloud

import voicegw_anthropic
from voicegateway.testing import LLMConformance, PricingConformance
from voicegateway.types import Modality, Unit

LLM = Modality.LLM


class TestAnthropicLLM(LLMConformance):
    provider = "anthropic"
    plugin = voicegw_anthropic
    package = "voicegw_anthropic"
    model = "claude-haiku-4-5"
    options: ClassVar = {"max_tokens": 100}
    wrong_option = "max_token"
    nearest_option = "max_tokens"
    wrong_settings: ClassVar = {"caching": "1h"}
    vendor_facts = (
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "ephemeral_5m_input_tokens",
        "ephemeral_1h_input_tokens",
        "output_tokens",
        "reasoning_tokens",
        "web_search_requests",
        "totals_repeated",
        "error_status",
        "thought_chars",
        "final",
    )

    @pytest.fixture
    async def cloud(self):
        async with AnthropicCloud() as cloud:
            yield cloud


class TestAnthropicPricing(PricingConformance):
    provider, plugin = "anthropic", voicegw_anthropic
    known = (
        (
            "claude-haiku-4-5",
            LLM,
            {
                Unit.INPUT_TOKENS: Decimal(10),
                Unit.CACHED_INPUT_TOKENS: Decimal(4000),
                Unit.CACHE_WRITE_TOKENS: Decimal(2000),
                Unit.CACHE_WRITE_1H_TOKENS: Decimal(3000),
                Unit.OUTPUT_TOKENS: Decimal(6),
            },
            {},
            Decimal("0.00894"),
        ),
        (
            "claude-haiku-5-5",
            LLM,
            {Unit.INPUT_TOKENS: Decimal(100_001), Unit.OUTPUT_TOKENS: Decimal(1000)},
            {},
            Decimal("0.0525005"),
        ),
        (
            "claude-opus-5-5",
            LLM,
            {Unit.INPUT_TOKENS: Decimal(1000), Unit.REQUESTS: Decimal(1)},
            {"service_tier": "fast+us"},
            Decimal("0.0188"),
        ),
    )
