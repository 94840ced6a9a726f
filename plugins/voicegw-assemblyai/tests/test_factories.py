"""What the factories return, and what they refuse."""

import pytest
from livekit.plugins import assemblyai

import voicegw_assemblyai
from voicegateway.types import ProviderSettings, Secret
from voicegw_assemblyai.address import rest_root, speech_root, transcription_root


def settings(base_url=None, **extra):
    return ProviderSettings("assemblyai", Secret("key-0123456789abcdef"), base_url, extra)


def stt(model="universal-3-6-pro", language=None, given=None, **options):
    return voicegw_assemblyai.create_stt(model, language, given or settings(), options)


def tts(model="assemblyai-tts-1", voice=None, given=None, **options):
    return voicegw_assemblyai.create_tts(model, voice, given or settings(), options)


def test_they_are_livekits_own_classes():
    assert isinstance(stt(), assemblyai.STT)
    assert isinstance(tts(), assemblyai.TTS)
    assert (stt().model, tts().model) == ("universal-3-6-pro", "assemblyai-tts-1")


ROOTS = (transcription_root, speech_root)


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://127.0.0.1:1234/", "ws://127.0.0.1:1234"),
        ("ws://127.0.0.1:1234", "ws://127.0.0.1:1234"),
        ("https://proxy.example/aai", "wss://proxy.example/aai"),
    ],
)
def test_the_root_is_completed(root, given, expected):
    assert root(settings(given)) == expected
    assert rest_root(settings(given)) == expected.replace("ws", "http", 1)


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (None, ("wss://streaming.assemblyai.com", "wss://tts.us.assemblyai.com")),
        ("us", ("wss://streaming.assemblyai.com", "wss://tts.us.assemblyai.com")),
        ("eu", ("wss://streaming.eu.assemblyai.com", "wss://tts.eu.assemblyai.com")),
    ],
)
def test_the_region_decides_the_hosts(region, expected):
    assert (stt(region=region)._base_url, tts(region=region)._opts.base_url) == expected
    given = settings(region=region)
    assert (stt(given=given)._base_url, tts(given=given)._opts.base_url) == expected
    assert rest_root(given) == f"https://api{'.eu' if region == 'eu' else ''}.assemblyai.com"


@pytest.mark.parametrize(
    ("base_url", "region", "said"),
    [
        ("127.0.0.1:1234", None, "write a root with its scheme"),
        ("http://127.0.0.1:1234", "eu", "no region beside it"),
        (None, "mars", "is us or eu, not 'mars'"),
    ],
)
def test_an_address_that_cannot_be_is_refused(base_url, region, said):
    extra = {} if region is None else {"region": region}
    for make in (stt, tts):
        with pytest.raises(ValueError, match=said):
            make(given=settings(base_url, **extra))


@pytest.mark.parametrize(
    ("model", "language", "codes"),
    [
        ("universal-3-6-pro", "es-MX", ["es"]),
        ("universal-3-5-pro", "german", ["de"]),
        ("u3-rt-pro", "multi", ["multi"]),
        ("universal-3-6-pro", "auto", None),
        ("universal-3-6-pro", None, None),
        ("universal-streaming-english", "en-GB", None),
        ("universal-streaming-multilingual", "fr", None),
    ],
)
def test_the_language_becomes_what_the_model_can_be_told(model, language, codes):
    made = stt(model, language)
    assert (made._opts.language_codes or None) == codes


@pytest.mark.parametrize(
    ("model", "language"),
    [("universal-streaming-english", "es"), ("universal-streaming-multilingual", "ja")],
)
def test_a_language_that_the_model_does_not_understand_is_refused(model, language):
    with pytest.raises(ValueError, match=f"does not understand '{language}'"):
        stt(model, language)


def test_several_languages_are_an_option():
    assert stt(language_codes=["en", "es"])._opts.language_codes == ["en", "es"]
    with pytest.raises(ValueError, match="the language was given already"):
        stt(language="en", language_codes=["es"])


def test_the_deprecated_option_is_refused():
    with pytest.raises(ValueError, match="give it as language="):
        stt(language_code="en")


def test_a_setting_of_the_other_modality_is_left_to_it():
    given = settings(max_turn_silence=400, word_timestamps=False)
    assert stt(given=given)._opts.max_turn_silence == 400
    assert tts(given=given)._opts.word_timestamps is False


def test_an_option_of_the_other_modality_is_refused():
    with pytest.raises(ValueError, match="no option 'word_timestamps'"):
        stt(word_timestamps=False)
