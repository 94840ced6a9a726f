"""What the factories return, and what they refuse."""

import pytest
from livekit.plugins import cartesia

import voicegw_cartesia
from voicegateway.types import ProviderSettings, Secret
from voicegw_cartesia.address import api_root


def settings(base_url=None, **extra):
    return ProviderSettings("cartesia", Secret("key-0123456789abcdef"), base_url, extra)


def stt(model="ink-2", language=None, given=None, **options):
    return voicegw_cartesia.create_stt(model, language, given or settings(), options)


def tts(model="sonic-3", voice=None, given=None, **options):
    return voicegw_cartesia.create_tts(model, voice, given or settings(), options)


def test_they_are_livekits_own_classes():
    assert isinstance(stt(), cartesia.STT)
    assert isinstance(tts(), cartesia.TTS)
    assert (stt().model, tts().model) == ("ink-2", "sonic-3")


def test_the_model_decides_how_words_come():
    assert stt("ink-2").capabilities.interim_results
    assert stt("ink-whisper").capabilities.aligned_transcript == "word"


@pytest.mark.parametrize(
    ("given", "root"),
    [
        (None, "https://api.cartesia.ai"),
        ("http://127.0.0.1:1234/", "http://127.0.0.1:1234"),
        ("ws://127.0.0.1:1234", "http://127.0.0.1:1234"),
        ("wss://proxy.example/cartesia", "https://proxy.example/cartesia"),
    ],
)
def test_the_root_is_completed(given, root):
    assert api_root(settings(given)) == root


def test_an_address_without_a_scheme_is_refused():
    with pytest.raises(ValueError, match="write its root with the scheme"):
        stt(given=settings("127.0.0.1:1234"))


def test_a_plan_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="no plan 'yearly'; it has pro, scale, startup"):
        stt(plan="yearly")


def test_the_voice_is_no_option():
    with pytest.raises(ValueError, match="give it as voice="):
        tts(given=settings(voice="voice-1"))


def test_a_setting_of_the_other_modality_is_left_to_it():
    given = settings(keyterm=["Sonic"], speed=1.5)
    assert stt(given=given)._keyterm == ["Sonic"]
    assert tts(given=given)._opts.speed == 1.5


def test_an_option_of_the_other_modality_is_refused():
    with pytest.raises(ValueError, match="no option 'speed'"):
        stt(speed=1.5)


def test_a_setting_of_neither_is_refused():
    with pytest.raises(ValueError, match="did you mean 'keyterm'"):
        stt(given=settings(keytrem=["Sonic"]))


def test_professional_voice_is_true_or_false():
    with pytest.raises(ValueError, match="is true or false, not 'yes'"):
        tts(professional_voice="yes")
