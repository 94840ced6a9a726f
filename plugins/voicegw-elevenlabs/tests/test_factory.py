"""From a model string to LiveKit's object: settings, options, addresses and plans."""

import aiohttp
import pytest
from livekit.plugins import elevenlabs

import voicegw_elevenlabs
from voicegateway.authoring.counters import declared_terms
from voicegateway.testing import drain, retries
from voicegateway.types import ProviderSettings, Secret
from voicegw_elevenlabs.address import DEFAULT, api_root

KEY = Secret("test-key-0123456789abcdef")


def settings(base_url=None, **extra):
    return ProviderSettings("elevenlabs", KEY, base_url, extra)


def tts(model="eleven_flash_v2_5", voice=None, options=None, **extra):
    return voicegw_elevenlabs.create_tts(model, voice, settings(**extra), options or {})


def stt(model="scribe_v2", language=None, options=None, **extra):
    return voicegw_elevenlabs.create_stt(model, language, settings(**extra), options or {})


def test_they_are_livekits_own_objects():
    assert isinstance(tts(), elevenlabs.TTS)
    assert isinstance(stt(), elevenlabs.STT)
    assert (tts().model, tts().provider) == ("eleven_flash_v2_5", "ElevenLabs")
    assert (stt().model, stt().provider) == ("scribe_v2", "ElevenLabs")


def test_the_model_says_whether_it_streams():
    assert stt("scribe_v2_realtime").capabilities.streaming
    assert not stt("scribe_v2").capabilities.streaming
    assert tts().capabilities.streaming


def test_options_win_over_the_config():
    made = tts(auto_mode=True, encoding="pcm_16000", options={"encoding": "pcm_24000"})
    assert (made._opts.auto_mode, made._opts.encoding) == (True, "pcm_24000")


@pytest.mark.parametrize(
    ("make", "name", "says"),
    [
        (tts, "encodng", "did you mean 'encoding'"),
        (tts, "voice_id", "give voice="),
        (tts, "sample_rate", "part of encoding"),
        (tts, "model", "part of the model string"),
        (stt, "keyterm", "did you mean 'keyterms'"),
        (stt, "language_code", "give language="),
        (stt, "use_realtime", "elevenlabs/scribe_v2_realtime"),
        (stt, "model_id", "part of the model string"),
        (stt, "plan", "no option 'plan'"),
    ],
)
def test_what_cannot_be_given_is_refused(make, name, says):
    with pytest.raises(ValueError, match=says):
        make(options={name: "x"})


@pytest.mark.parametrize(
    ("model", "language", "sent"),
    [
        ("scribe_v2", "en-GB", "en"),
        ("scribe_v2", "de", "de"),
        ("scribe_v2", "auto", None),
        ("scribe_v2", None, None),
        ("scribe_v2_realtime", "en-GB", "en-GB"),  # which the client sends as en
        ("scribe_v2_realtime", "Auto", None),
    ],
)
def test_languages_of_speech_to_text(model, language, sent):
    assert stt(model, language)._opts.language_code == sent


@pytest.mark.parametrize(
    ("given", "root"),
    [
        (None, DEFAULT),
        ("http://127.0.0.1:1234", "http://127.0.0.1:1234/v1"),
        ("http://127.0.0.1:1234/", "http://127.0.0.1:1234/v1"),
        ("http://127.0.0.1:1234/v1/", "http://127.0.0.1:1234/v1"),
        ("ws://127.0.0.1:1234", "http://127.0.0.1:1234/v1"),
        ("wss://api.eu.residency.elevenlabs.io", "https://api.eu.residency.elevenlabs.io/v1"),
        ("https://proxy.example.com/eleven/v1", "https://proxy.example.com/eleven/v1"),
    ],
)
def test_addresses(given, root):
    assert api_root(settings(given)) == root
    assert tts(base_url=given)._opts.base_url == stt(base_url=given)._opts.base_url == root


@pytest.mark.parametrize("given", ["127.0.0.1:1234", "api.elevenlabs.io", "ftp://x.example.com"])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(ValueError, match="needs a base_url such as https://"):
        api_root(settings(given))


@pytest.mark.parametrize("plan", ["creator", "pro", "scale", "business"])
def test_plans(plan):
    assert declared_terms(tts(plan=plan)).plan == declared_terms(stt(plan=plan)).plan == plan


@pytest.mark.parametrize("make", [tts, stt])
def test_a_plan_that_there_is_not_is_refused(make):
    with pytest.raises(ValueError, match="no plan 'golden': there are business, creator, pro"):
        make(plan="golden")


def test_terms_of_speech_to_text():
    realtime = declared_terms(stt("scribe_v2_realtime"))
    assert (realtime.mode, realtime.plan, realtime.addons) == ("realtime", None, frozenset())
    few = declared_terms(stt(options={"keyterms": ["one"]}))
    assert (few.mode, few.addons) == (None, {"keyterms"})
    many = declared_terms(stt(options={"keyterms": [str(n) for n in range(101)]}))
    assert many.addons == {"keyterms", "over_100_keyterms"}
    assert declared_terms(stt(options={"keyterms": []})).addons == frozenset()


async def test_a_session_of_ones_own_is_used(make, speaker):
    async with aiohttp.ClientSession(headers={"x-mine": "yes"}) as session:
        own = make("TTS", "eleven_v4", speaker, encoding="pcm_16000", http_session=session)
        await drain(own.synthesize("Hi.", conn_options=retries(0)))
        stream = own.stream(conn_options=retries(0))
        stream.push_text("Hello.")
        stream.end_input()
        await drain(stream)
        await own.aclose()
        assert not session.closed
    assert [request.headers["x-mine"] for request in speaker.received] == ["yes", "yes"]
