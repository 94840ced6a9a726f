"""Which of LiveKit's classes is made, and what it will ask of Deepgram."""

from __future__ import annotations

import subprocess
import sys

import pytest
from livekit.plugins import deepgram

from voicegateway.authoring.counters import declared_terms
from voicegateway.types import ProviderSettings, Secret
from voicegw_deepgram.address import endpoint, key_check
from voicegw_deepgram.stt import make_stt
from voicegw_deepgram.tts import make_tts
from voicegw_deepgram.voices import speaking_model


def settings(**extra):
    return ProviderSettings("deepgram", Secret("a-key-of-some-length"), None, extra)


def heard_by(model, language=None, extra=None, **options):
    return make_stt(model, language, settings(**(extra or {})), options)


def spoken_by(model, voice=None, extra=None, **options):
    return make_tts(model, voice, settings(**(extra or {})), options)


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("nova-3", deepgram.STT),
        ("nova-2-phonecall", deepgram.STT),
        ("flux-general-en", deepgram.STTv2),
        ("flux-general-multi", deepgram.STTv2),
    ],
)
def test_the_model_selects_who_hears(model, kind):
    made = heard_by(model)
    assert isinstance(made, kind)
    assert made.model == model


@pytest.mark.parametrize(
    ("model", "voice", "expected"),
    [
        ("aura-2", "andromeda-en", "aura-2-andromeda-en"),
        ("aura-2", "celeste-es", "aura-2-celeste-es"),
        ("aura-2", "aura-2-thalia-en", "aura-2-thalia-en"),
        ("aura-2", None, "aura-2-andromeda-en"),
        ("aura-2-andromeda-en", None, "aura-2-andromeda-en"),
        ("aura-2-andromeda-en", "aura-2-andromeda-en", "aura-2-andromeda-en"),
        ("aura", "luna-en", "aura-luna-en"),
        ("aura", None, "aura-asteria-en"),
        ("aura-1", "luna-en", "aura-luna-en"),
        ("aura-asteria-en", None, "aura-asteria-en"),
        ("flux", "haley-en", "flux-haley-en"),
        ("flux", None, "flux-alexis-en"),
        ("flux-haley-en", None, "flux-haley-en"),
        ("my-own-voice", None, "my-own-voice"),
    ],
)
def test_model_and_voice_are_one_name(model, voice, expected):
    assert speaking_model(model, voice) == expected
    made = spoken_by(model, voice)
    assert made.model == expected
    assert isinstance(made, deepgram.TTSv2 if expected.startswith("flux") else deepgram.TTS)


@pytest.mark.parametrize(
    ("model", "voice", "hint"),
    [
        ("aura-2", "andromeda", "lacks its language: write andromeda-en"),
        ("aura-2", "flux-haley-en", "write deepgram/flux:flux-haley-en"),
        ("aura", "aura-2-thalia-en", "write deepgram/aura-2:aura-2-thalia-en"),
        ("aura-2-andromeda-en", "thalia-en", "write deepgram/aura-2:thalia-en"),
        ("my-own-voice", "thalia-en", "is a voice itself"),
    ],
)
def test_a_voice_that_does_not_go_with_the_model_is_refused(model, voice, hint):
    with pytest.raises(ValueError, match=hint):
        speaking_model(model, voice)


def test_a_voice_has_its_language_and_takes_no_other():
    with pytest.raises(ValueError, match="last part of the voice"):
        spoken_by("aura-2", language="en")


@pytest.mark.parametrize("language", ["de", "en-US", "fr-CA", None])
def test_flux_english_hears_english_alone(language):
    if language in (None, "en-US"):
        assert heard_by("flux-general-en", language).model == "flux-general-en"
    else:
        with pytest.raises(ValueError, match="hears English only: take flux-general-multi"):
            heard_by("flux-general-en", language)


def test_flux_english_does_not_hear_several_languages():
    with pytest.raises(ValueError, match="take flux-general-multi"):
        heard_by("flux-general-en", "multi")


def test_a_language_and_a_hint_are_the_same_for_flux():
    assert heard_by("flux-general-multi", None, language_hint=["de", "fr"])
    assert heard_by("flux-general-multi", "multi", language_hint=["de", "fr"])
    with pytest.raises(ValueError, match="which is the same for Flux"):
        heard_by("flux-general-multi", "de", language_hint=["fr"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, "https://api.deepgram.com/v1/listen"),
        ("https://api.eu.deepgram.com", "https://api.eu.deepgram.com/v1/listen"),
        ("http://127.0.0.1:1234/", "http://127.0.0.1:1234/v1/listen"),
        ("wss://proxy.example.com/deepgram", "wss://proxy.example.com/deepgram/v1/listen"),
        ("https://api.deepgram.com/v1", "https://api.deepgram.com/v1/listen"),
        ("https://api.deepgram.com/v2/speak/", "https://api.deepgram.com/v1/listen"),
    ],
)
def test_the_address_of_an_interface_is_completed(given, expected):
    assert endpoint(given, "v1", "listen") == expected


def test_the_address_for_checks_is_one_for_http():
    assert key_check("wss://api.eu.deepgram.com") == "https://api.eu.deepgram.com/v1/auth/token"


@pytest.mark.parametrize("given", ["api.deepgram.com", "ftp://example.com", "https://"])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(ValueError, match="an address such as"):
        endpoint(given, "v1", "listen")


def test_a_plan_is_checked_and_told_to_the_price():
    made = heard_by("nova-3", extra={"plan": "growth"})
    assert declared_terms(made).plan == "growth"
    assert declared_terms(spoken_by("aura-2", extra={"plan": "growth"})).plan == "growth"
    with pytest.raises(ValueError, match=r"no rates of the plan 'enterprise', only of growth"):
        heard_by("nova-3", extra={"plan": "enterprise"})


def test_options_that_are_billed_are_told_to_the_price():
    made = heard_by("nova-3", "multi", enable_diarization=True, keyterm="a", redact=["pci"])
    terms = declared_terms(made)
    assert terms.addons == {"diarize", "keyterm", "redact"}
    assert terms.service_tier == "multilingual"
    assert declared_terms(heard_by("flux-general-en", mip_opt_out=True)).addons == {"mip_opt_out"}
    assert declared_terms(heard_by("nova-3", "de")).addons == set()


def test_options_beneath_the_callers_may_stand_in_the_config():
    made = heard_by("nova-3", extra={"plan": "growth", "punctuate": False})
    assert made._opts.punctuate is False


@pytest.mark.parametrize("option", ["model", "api_key", "base_url", "keyterms"])
def test_what_has_a_place_of_its_own_is_no_option(option):
    with pytest.raises(ValueError, match=option):
        make_stt("nova-3", None, settings(), {option: "x"})


def test_importing_the_plugin_loads_nothing_heavy():
    program = (
        "import voicegw_deepgram, sys; "
        "assert not {m.split('.')[0] for m in sys.modules} & {'livekit', 'aiohttp'}"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
