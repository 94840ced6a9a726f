"""Plugins that break the contract, and objects that are made wrongly."""

from __future__ import annotations

import asyncio
import socket

import pytest  # noqa: F401
from sabotage import LLM, STT, TTS, Case, client, hooks, info, parts
from voicegw_brook import KEY, Acme

from voicegateway import hookimpl
from voicegateway.types import Modality, ProviderCheck, ProviderInfo


class NoEars:
    @hookimpl
    def provider_info(self):
        return ProviderInfo("Acme", frozenset())


async def late(self, model, modality, usage, terms):
    return None


def fails_to_import(self):
    raise ImportError("no module named acme_sdk")


class Wrapped:
    """Not LiveKit's type."""


def calls_home(self, kind, settings, options, arguments):
    with socket.socket() as home:
        home.connect(("127.0.0.1", 9))


def needs_loop(self, kind, settings, options, arguments):
    asyncio.get_running_loop()
    return Acme.construct(self, kind, settings, options, arguments)


def swallows_options(self, kind, settings, options, ours, check):
    return {}


def refuses_curtly(self, kind, settings, options, ours, check):
    if options:
        raise ValueError(f"bad option: {', '.join(options)}")
    return check(kind, settings, options, ours=ours)


def swallows_settings(self, kind, settings, options, ours, check):
    return check(kind, Acme_settings(settings), options, ours=ours)


def swallows_plans(self, kind, settings, options, ours, check):
    return check(kind, settings, options, ours=ours, own_settings=("plan",)) and {}


def Acme_settings(settings):  # noqa: N802 - reads as a constructor
    from dataclasses import replace

    return replace(settings, extra={})


def forgets_its_key_variable(self):
    import os

    return ProviderInfo(
        "Acme", frozenset(Modality), key_variable=KEY if KEY in os.environ else None
    )


async def closes_once(self):
    assert not self.closed, "closed already"
    self.closed += 1


def elsewhere(self, path):
    return f"http://127.0.0.1:9{path}"


def own_key(self):
    return {"Authorization": "Bearer mine"}


def checks(ok, detail=""):
    return hooks(check_provider=lambda self, settings: ProviderCheck(ok, detail))


def shows_key(self, settings):
    return ProviderCheck(False, f"{settings.api_key.reveal()} is refused")


CASES = {
    "imports aiohttp": Case(
        STT,
        "test_importing_the_plugin_loads_no_livekit_and_no_sdk",
        "`import acme_heavy` loads aiohappyeyeballs, aiohttp",
        more={"package": "acme_heavy"},
    ),
    "prints": Case(
        STT,
        "test_importing_the_plugin_says_nothing",
        "`import acme_loud` writes to the terminal",
        more={"package": "acme_loud"},
    ),
    "starts a thread": Case(
        STT,
        "test_importing_the_plugin_starts_no_thread",
        "`import acme_busy` starts threads",
        more={"package": "acme_busy"},
    ),
    "makes nothing": Case(
        STT,
        "test_the_plugin_keeps_the_hook_contract",
        "the plugin of 'acme' has no create_stt",
        NoEars(),
    ),
    "has an async hook": Case(
        STT,
        "test_hooks_are_synchronous",
        "hook 'price_usage' is async",
        hooks(price_usage=late),
    ),
    "has no docs": Case(
        STT, "test_the_plugin_says_what_it_is", "provider_info has no docs_url", info(docs_url="")
    ),
    "has no title": Case(
        STT, "test_the_plugin_says_what_it_is", "provider_info has no title", info(title=" ")
    ),
    "hides its voice": Case(
        STT,
        "test_the_modalities_it_names_are_those_it_makes",
        "provider_info names stt, and the hooks make llm, stt, tts",
        info(modalities=frozenset({Modality.STT})),
    ),
    "names no variable": Case(
        STT,
        "test_a_provider_with_a_cloud_names_its_key_variable",
        "provider_info.key_variable is None",
        info(key_variable=None),
    ),
    "is local with a key": Case(
        STT,
        "test_a_provider_with_a_cloud_names_its_key_variable",
        "a local provider needs no key",
        info(local=True),
    ),
    "cannot be preloaded": Case(
        STT,
        "test_preloading_works",
        "no module named acme_sdk",
        hooks(preload_provider=fails_to_import),
    ),
    "wraps": Case(
        STT,
        "test_the_native_livekit_type_is_returned",
        "returned Wrapped in place of livekit.agents.stt.STT",
        parts(construct=lambda *_: Wrapped()),
    ),
    "calls home": Case(
        STT,
        "test_making_one_needs_no_network_and_no_running_loop",
        "no network while an object is made",
        parts(construct=calls_home),
    ),
    "needs a loop": Case(
        TTS,
        "test_making_one_needs_no_network_and_no_running_loop",
        "making a tts object needs a running loop",
        parts(construct=needs_loop),
    ),
    "swallows options": Case(
        STT,
        "test_an_unknown_option_is_refused_and_named",
        "create_stt takes the option {'no_such_option_zq': 1} in silence",
        parts(check_options=swallows_options),
    ),
    "refuses curtly": Case(
        STT,
        "test_a_misspelt_option_is_refused_naming_the_nearest",
        "'punctuation' is refused without naming 'punctuate'",
        parts(check_options=refuses_curtly),
    ),
    "swallows settings": Case(
        LLM,
        "test_an_unknown_setting_is_refused_and_named",
        "create_llm takes the setting {'no_such_option_zq': 1} in silence",
        parts(check_options=swallows_settings),
    ),
    "swallows plans": Case(
        LLM,
        "test_a_setting_of_the_wrong_kind_is_refused",
        "create_llm takes the setting {'plan': 7} in silence",
        parts(check_options=swallows_plans),
    ),
    "forgets its variable": Case(
        STT,
        "test_a_missing_key_is_an_error_that_names_the_variable",
        "provider_info.key_variable is None",
        hooks(provider_info=forgets_its_key_variable),
    ),
    "closes once": Case(
        STT, "test_an_object_can_be_closed_twice", "closed already", client(aclose=closes_once)
    ),
    "ignores the address": Case(
        LLM,
        "test_the_base_url_is_used",
        "base_url was given and nothing arrived there",
        client(url=elsewhere),
    ),
    "ignores the key": Case(
        TTS,
        "test_the_key_that_is_given_arrives",
        "no request carried the api_key that was given",
        client(headers=own_key),
    ),
    "ignores the environment": Case(
        STT,
        "test_the_key_of_the_environment_arrives",
        "no request carried the key in ACME_API_KEY",
        client(headers=own_key),
    ),
    "is never well": Case(
        STT,
        "test_the_check_accepts_a_good_key",
        "check_provider refuses a good key: tired",
        checks(False, "tired"),
    ),
    "is always well": Case(
        STT,
        "test_the_check_tells_a_wrong_key",
        "check_provider accepts a key that the vendor refuses",
        checks(True),
    ),
    "shows the key it checked": Case(
        STT,
        "test_the_check_tells_a_wrong_key",
        "check_provider shows the key",
        hooks(check_provider=shows_key),
    ),
    "is well without a server": Case(
        STT,
        "test_the_check_answers_where_nobody_does",
        "check_provider is content with a server that is not there",
        checks(True),
    ),
    "is unwell without a word": Case(
        STT,
        "test_the_check_answers_where_nobody_does",
        "check_provider does not say what is wrong",
        checks(False),
    ),
}
