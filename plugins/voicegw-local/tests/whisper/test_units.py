"""Whisper without its model: audio, languages, the options a recognition is made with."""

import numpy as np
import pytest
from livekit import rtc

from voicegw_local.whisper.audio import mono_16k
from voicegw_local.whisper.languages import CODES, english_only, whisper_code


def tone(rate, channels=1, seconds=0.5, level=8000):
    wave = level * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)
    samples = np.repeat(wave.astype(np.int16), channels)
    return rtc.AudioFrame(samples.tobytes(), rate, channels, len(wave))


def loudest_pitch(audio):
    return np.argmax(np.abs(np.fft.rfft(audio))) * 16_000 / len(audio)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_audio_becomes_16_khz_mono(rate, channels):
    audio = mono_16k(tone(rate, channels))
    assert audio.dtype == np.float32
    assert len(audio) == pytest.approx(8_000, abs=200)
    assert np.abs(audio).max() == pytest.approx(8000 / 32768, rel=0.1)
    assert loudest_pitch(audio) == pytest.approx(440, abs=5)


def test_frames_of_different_kinds_in_one_buffer():
    audio = mono_16k([tone(48_000), tone(48_000, 2), tone(16_000), tone(8_000)])
    assert len(audio) == pytest.approx(32_000, abs=400)
    assert loudest_pitch(audio) == pytest.approx(440, abs=5)


def test_no_audio_at_all():
    assert mono_16k([]).size == 0


def test_the_languages_are_the_engines():
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    assert frozenset(_LANGUAGE_CODES) == CODES


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en-US", "en"),
        ("de", "de"),
        ("english", "en"),
        ("pt-BR", "pt"),
        ("zh-Hant-TW", "zh"),
        ("cmn", "zh"),
        ("nb-NO", "no"),
        ("fil", "tl"),
        ("yue", "yue"),
        (None, None),
        ("auto", None),
        ("multi", None),
    ],
)
def test_a_multilingual_model(tag, code):
    assert whisper_code(tag, "base", english=False) == code


@pytest.mark.parametrize("tag", ["en", "en-GB", "English", None, "auto"])
def test_an_english_model(tag):
    assert whisper_code(tag, "tiny.en", english=True) == "en"


def test_an_english_model_is_asked_for_german():
    with pytest.raises(ValueError, match=r"whisper/tiny\.en knows English alone, not 'de-DE'"):
        whisper_code("de-DE", "tiny.en", english=True)


def test_a_language_that_is_none():
    with pytest.raises(ValueError, match="does not know the language 'tlh'"):
        whisper_code("tlh", "base", english=False)


@pytest.mark.parametrize(("entries", "english"), [(51_864, True), (51_865, False)])
def test_the_vocabulary_tells(tmp_path, entries, english):
    (tmp_path / "vocabulary.txt").write_text("x\n" * entries)
    assert english_only(tmp_path) is english
    (tmp_path / "vocabulary.txt").unlink()
    (tmp_path / "vocabulary.json").write_text(str(["x"] * entries).replace("'", '"'))
    assert english_only(tmp_path) is english
