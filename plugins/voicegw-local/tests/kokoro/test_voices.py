"""Who speaks, in which language, from which files."""

import hashlib
import io
import re

import pytest

from voicegateway.errors import ModelFileError
from voicegateway.types import JoinedSource, NpmSource, UrlSource
from voicegw_local.kokoro.bundles import BUNDLES
from voicegw_local.kokoro.factory import make_tts
from voicegw_local.kokoro.voicefile import voices_file
from voicegw_local.kokoro.voices import VOICES, language_of, voice_named, voices_in

FLOATS = bytes(510 * 256 * 4)


def test_a_voices_file_is_what_numpy_writes():
    numpy = pytest.importorskip("numpy")
    chance = numpy.random.default_rng(1)
    arrays = {name: chance.random((510, 1, 256), "float32") for name in ("af_heart", "zm_yunyang")}
    written = io.BytesIO()
    numpy.savez(written, **arrays)
    members = {f"package/voices/{name}.bin": array.tobytes() for name, array in arrays.items()}
    ours = b"".join(voices_file(members))
    assert hashlib.sha256(ours).hexdigest() == hashlib.sha256(written.getvalue()).hexdigest()


def test_the_names_are_read_without_the_engine(tmp_path):
    path = tmp_path / "voices.bin"
    path.write_bytes(b"".join(voices_file({"a/af_heart.bin": FLOATS, "a/bm_lewis.bin": FLOATS})))
    assert voices_in(path) == ("af_heart", "bm_lewis")
    path.write_bytes(b"no archive")
    with pytest.raises(ModelFileError, match="is not a Kokoro voices file"):
        voices_in(path)


def test_the_bundle():
    (bundle,) = BUNDLES
    model, voices = bundle.files
    joined, published = model.sources
    assert isinstance(joined, JoinedSource)
    assert [part.distribution[-1] for part in joined.parts] == ["1", "2", "3", "4"]
    package, released = voices.sources
    assert isinstance(package, NpmSource)
    assert len(package.members) == len(VOICES) == 54
    assert list(package.members) == sorted(package.members)
    for source, file in ((published, model), (released, voices)):
        assert isinstance(source, UrlSource)
        assert source.url.endswith(f"/model-files-v1.0/{file.path}")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("af_hart", "did you mean 'af_heart'?"),
        ("heart", "did you mean 'af_heart'?"),
        ("Q", "it has af_alloy, "),
    ],
)
def test_an_unknown_voice_names_the_nearest(wrong, said):
    with pytest.raises(ValueError, match=re.escape(f"no voice {wrong!r}: {said}")):
        voice_named(wrong, VOICES)


@pytest.mark.parametrize(
    ("language", "voice", "spoken"),
    [
        (None, "af_heart", "en-us"),
        (None, "bf_emma", "en-gb"),
        (None, "ff_siwis", "fr-fr"),
        (None, "pm_alex", "pt-br"),
        ("en-GB", "af_heart", "en-gb"),
        ("en-AU", "af_heart", "en-us"),
        ("fr_CA", "af_heart", "fr-fr"),
        ("it", "jf_alpha", "it"),
    ],
)
def test_languages(language, voice, spoken):
    assert language_of(language, voice) == spoken


@pytest.mark.parametrize(
    ("language", "voice", "said"),
    [
        ("de", "af_heart", "does not speak 'de': its languages are en, en-us"),
        ("ja", "jf_alpha", "does not speak 'ja'"),
        (None, "jf_alpha", "cannot read aloud"),
        (None, "zm_yunxi", "cannot read aloud"),
    ],
)
def test_languages_that_cannot_be_spoken(language, voice, said):
    with pytest.raises(ValueError, match=said):
        language_of(language, voice)


def test_a_model_that_is_not_here(no_models, settings):
    with pytest.raises(ModelFileError, match=r"voicegw models fetch kokoro/v1\.0"):
        make_tts("v1.0", None, settings("kokoro"), {})
    with pytest.raises(ModelFileError, match=r"did you mean kokoro/v1\.0"):
        make_tts("v1", None, settings("kokoro"), {})


def test_files_of_ones_own(tmp_path, settings):
    model, voices = tmp_path / "k.onnx", tmp_path / "v.bin"
    own = {"model_path": str(model), "voices_path": str(voices)}
    with pytest.raises(ValueError, match="belong together: give both"):
        make_tts("mine", None, settings("kokoro"), {"model_path": str(model)})
    model.write_bytes(b"")
    with pytest.raises(ModelFileError, match=r"option voices_path of 'kokoro' names no file"):
        make_tts("mine", None, settings("kokoro"), own)
    voices.write_bytes(b"".join(voices_file({"me_myself.bin": FLOATS})))
    with pytest.raises(ValueError, match="no voice 'af_heart': it has me_myself"):
        make_tts("mine", None, settings("kokoro"), own)
    kokoro = make_tts("mine", "me_myself", settings("kokoro"), {**own, "language": "en"})
    assert (kokoro.model, kokoro.provider, kokoro.sample_rate) == ("mine", "kokoro", 24000)
