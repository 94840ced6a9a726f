"""What a hook returns is checked where it returns, and named with the plugin that returned it."""

from __future__ import annotations

import asyncio
import gc
import inspect

import pytest

from voicegateway.errors import PluginError
from voicegateway.types import Modality, ProviderCheck, ProviderSettings

SETTINGS = ProviderSettings("acme")
CALLS = {
    "create_stt": lambda p: p.create_stt("m", None, SETTINGS, {}),
    "create_llm": lambda p: p.create_llm("m", SETTINGS, {}),
    "create_tts": lambda p: p.create_tts("m", None, SETTINGS, {}),
    "price_usage": lambda p: p.price_usage("m", Modality.STT, None, None),
    "validate_stream": lambda p: p.validate_stream(None),
    "provider_info": lambda p: p.provider_info(),
    "check_provider": lambda p: p.check_provider(SETTINGS),
    "read_usage_export": lambda p: list(p.read_usage_export("export.csv")),
    "pull_usage_export": lambda p: list(p.pull_usage_export(SETTINGS, None, None, None)),
    "default_options": lambda p: p.default_options(Modality.STT),
    "model_bundles": lambda p: p.model_bundles(),
}
HEAD = """
import asyncio
from decimal import Decimal
from voicegateway import hookimpl
from voicegateway.types import *

async def later(value=None):
    return value

def line(amount):
    one = Decimal(1)
    return PriceLine(Unit.REQUESTS, one, one, one, one, amount)

"""


@pytest.fixture
def returning(site, registry):
    """`returning("price_usage", "1.5")` is a provider whose hook returns that expression."""

    def make(hook: str, expression: str):
        module = f"{HEAD}\n@hookimpl\ndef {hook}():\n    return {expression}\n"
        site.add("voicegw-acme", "1.2", provider="acme", module=module)
        return registry.get("acme")

    return make


@pytest.mark.parametrize(
    ("hook", "expression", "got", "wanted"),
    [
        ("create_stt", "None", "None", "livekit.agents.stt.STT"),
        ("create_llm", "object()", "object", "livekit.agents.llm.LLM"),
        ("create_tts", "(x for x in ())", "generator", "livekit.agents.tts.TTS"),
        ("price_usage", "0.5", "float", "PriceQuote"),
        ("price_usage", "Decimal(1)", "Decimal", "PriceQuote"),
        ("validate_stream", "True", "bool", "StreamVerdict"),
        ("provider_info", "{}", "dict", "ProviderInfo"),
        ("check_provider", "True", "bool", "ProviderCheck"),
        ("read_usage_export", "5", "int", "Iterable"),
        ("read_usage_export", "[{}]", "dict", "UsageLine"),
        ("pull_usage_export", "5", "int", "Iterable"),
        ("pull_usage_export", "['a']", "str", "Path"),
        ("default_options", "['a']", "list", "Mapping"),
        ("model_bundles", "{1}", "set", "Sequence"),
        ("model_bundles", "['tiny']", "str", "ModelBundle"),
    ],
)
def test_a_result_of_the_wrong_kind_is_an_error(returning, hook, expression, got, wanted):
    provider = returning(hook, expression)
    with pytest.raises(PluginError) as caught:
        CALLS[hook](provider)
    message = str(caught.value)
    assert f"Hook {hook!r} of provider 'acme' (voicegw-acme 1.2)" in message
    assert f" {got} in place of {wanted}: please tell the plugin's author." in message


@pytest.mark.parametrize(
    "expression",
    [
        "PriceQuote(0.5)",
        "PriceQuote(5)",
        "PriceQuote(Decimal('NaN'))",
        "PriceQuote(Decimal(1), (line(0.5),))",
        "PriceQuote(None, (line(Decimal('Infinity')),))",
    ],
)
def test_money_is_a_finite_decimal(returning, expression):
    with pytest.raises(PluginError, match="an amount that is no finite Decimal"):
        CALLS["price_usage"](returning("price_usage", expression))


@pytest.mark.parametrize("expression", ["PriceQuote(None)", "PriceQuote(Decimal(0))", "None"])
def test_an_unknown_price_and_a_zero_one_are_quotes(returning, expression):
    quote = CALLS["price_usage"](returning("price_usage", expression))
    assert quote is None or quote.amount_usd in (None, 0)


@pytest.mark.parametrize("hook", sorted(set(CALLS) - {"check_provider"}))
@pytest.mark.parametrize("expression", ["later()", "asyncio.ensure_future(later())"])
async def test_an_awaitable_is_refused_and_leaves_nothing_behind(
    returning, hook, expression, recwarn
):
    provider = returning(hook, expression)
    with pytest.raises(PluginError, match="returned an awaitable, and hooks are synchronous"):
        CALLS[hook](provider)
    await asyncio.sleep(0)
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize(
    "expression",
    ["later(ProviderCheck(True))", "asyncio.ensure_future(later(ProviderCheck(True)))"],
)
async def test_a_check_may_be_awaited(returning, expression):
    check = CALLS["check_provider"](returning("check_provider", expression))
    assert inspect.isawaitable(check)
    assert await check == ProviderCheck(ok=True)


async def test_an_awaited_check_of_the_wrong_kind_is_an_error(returning):
    with pytest.raises(PluginError, match="returned str in place of ProviderCheck"):
        await CALLS["check_provider"](returning("check_provider", "later('fine')"))


def test_a_hooks_own_error_is_let_through(returning):
    provider = returning("default_options", "1 / 0")
    with pytest.raises(ZeroDivisionError):
        CALLS["default_options"](provider)


def test_usage_lines_are_read_as_they_are_asked_for(site, registry):
    module = f"""{HEAD}
@hookimpl
def read_usage_export(source):
    yield "not a line"
    raise AssertionError("read too far")
"""
    site.add("voicegw-acme", provider="acme", module=module)
    lines = iter(registry.get("acme").read_usage_export("export.csv"))
    with pytest.raises(PluginError, match="gave str in place of UsageLine"):
        next(lines)
