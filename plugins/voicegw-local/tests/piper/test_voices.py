"""Piper without a voice: what its file says, and what cannot be."""

import json

import pytest

from voicegateway.errors import ModelFileError
from voicegw_local.piper.voices import VoiceFile


@pytest.fixture
def voice(tmp_path):
    def make(**said):
        config = {"audio": {"sample_rate": 16000}, "num_speakers": 1, "speaker_id_map": {}, **said}
        path = tmp_path / "some-voice.onnx"
        path.touch()
        (tmp_path / "some-voice.onnx.json").write_text(json.dumps(config))
        return VoiceFile.read(path)

    return make


MANY = {"num_speakers": 3, "speaker_id_map": {"ann": 0, "bob": 1, "p225": 2}}


def test_the_sample_rate(voice):
    assert voice().sample_rate == 16000


@pytest.mark.parametrize(("asked", "number"), [(None, None), ("bob", 1), ("2", 2), (0, 0)])
def test_a_speaker(voice, asked, number):
    assert voice(**MANY).speaker_id(asked) == number


@pytest.mark.parametrize("asked", ["carol", "3", 3, -1, "-1"])
def test_no_such_speaker(voice, asked):
    with pytest.raises(ValueError, match=r"has no speaker .*: it has 3, among them ann, bob, p225"):
        voice(**MANY).speaker_id(asked)


def test_a_voice_with_one_speaker(voice):
    with pytest.raises(ValueError, match="has one speaker: leave 'joe' out"):
        voice().speaker_id("joe")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"audio": {"sample_rate": "x"}}'])
def test_what_is_no_voice(tmp_path, text):
    (tmp_path / "v.onnx").touch()
    (tmp_path / "v.onnx.json").write_text(text)
    with pytest.raises(ModelFileError, match=r"v\.onnx\.json beside the voice .* is not a Piper"):
        VoiceFile.read(tmp_path / "v.onnx")


def test_a_voice_that_would_download(voice, tmp_path):
    with pytest.raises(ModelFileError, match=r"needs g2pW/g2pw\.onnx in its folder"):
        voice(phoneme_type="pinyin")
    (tmp_path / "g2pW").mkdir()
    (tmp_path / "g2pW" / "g2pw.onnx").touch()
    assert voice(phoneme_type="pinyin").sample_rate == 16000
