"""What is said where an engine or a model is not here."""

import subprocess
import sys

import pytest

from voicegateway.errors import ModelFileError, VoiceGatewayError
from voicegw_local.engines import EngineMissingError, import_engine, need_engine
from voicegw_local.llamacpp.factory import make_llm
from voicegw_local.piper.factory import make_tts
from voicegw_local.whisper.factory import make_stt

BLOCKED = """
import sys
sys.modules[{engine!r}] = None
from voicegateway.types import ProviderSettings
import voicegw_local.{provider} as plugin
try:
    plugin.create_{modality}({arguments}, ProviderSettings({provider!r}), {{}})
except ImportError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize(
    ("provider", "engine", "modality", "arguments"),
    [
        ("whisper", "faster_whisper", "stt", "'tiny.en', None"),
        ("piper", "piper", "tts", "'en_US-joe-medium', None"),
        ("kokoro", "kokoro_onnx", "tts", "'v1.0', None"),
        ("llamacpp", "xllamacpp", "llm", "'smollm2-135m-instruct'"),
    ],
)
def test_a_missing_engine(provider, engine, modality, arguments):
    code = BLOCKED.format(engine=engine, provider=provider, modality=modality, arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (
        f"EngineMissingError The provider '{provider}' needs the Python module '{engine}', which "
        f'is not installed: pip install "voicegw-local[{provider}]".'
    )


def test_the_error_is_ours_and_an_import_error():
    with pytest.raises(EngineMissingError) as caught:
        need_engine("no_such_engine", "whisper")
    assert isinstance(caught.value, VoiceGatewayError)
    assert caught.value.name == "no_such_engine"


def test_an_engine_that_is_there_and_cannot_be_imported(tmp_path, monkeypatch):
    (tmp_path / "halfway_engine.py").write_text("raise ImportError('libgomp.so.1: no such file')")
    monkeypatch.syspath_prepend(tmp_path)
    need_engine("halfway_engine", "llamacpp")
    with pytest.raises(EngineMissingError, match=r"cannot be imported: libgomp\.so\.1"):
        import_engine("halfway_engine", "llamacpp")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("whisper/tiny.en", lambda s: make_stt("tiny.en", None, s("whisper"), {})),
        ("piper/en_US-joe-medium", lambda s: make_tts("en_US-joe-medium", None, s("piper"), {})),
        (
            "llamacpp/smollm2-135m-instruct",
            lambda s: make_llm("smollm2-135m-instruct", s("llamacpp"), {}),
        ),
    ],
)
def test_a_missing_model(name, make, settings, no_models):
    with pytest.raises(ModelFileError, match=f"run `voicegw models fetch {name}`"):
        make(settings)


def test_a_model_nobody_knows(settings):
    with pytest.raises(
        ModelFileError, match=r"no model 'tiny\.eng': did you mean whisper/tiny\.en"
    ):
        make_stt("tiny.eng", None, settings("whisper"), {})
    with pytest.raises(ModelFileError, match="no model 'qqqq': it knows smollm2-135m-instruct"):
        make_llm("qqqq", settings("llamacpp"), {})


def test_a_model_path_that_is_not_there(settings, tmp_path):
    with pytest.raises(ModelFileError, match="names no file"):
        make_llm("mine", settings("llamacpp"), {"model_path": str(tmp_path / "no.gguf")})
    with pytest.raises(ModelFileError, match="names no folder"):
        make_stt("mine", None, settings("whisper"), {"model_path": str(tmp_path / "no")})


def test_a_model_path_that_lacks_a_file(settings, tmp_path):
    (tmp_path / "model.bin").touch()
    (tmp_path / "config.json").touch()
    with pytest.raises(ModelFileError, match=r"lacks tokenizer\.json"):
        make_stt("mine", None, settings("whisper", model_path=str(tmp_path)), {})
    (tmp_path / "v.onnx").touch()
    with pytest.raises(ModelFileError, match=r"lacks v\.onnx\.json"):
        make_tts("mine", None, settings("piper", model_path=str(tmp_path / "v.onnx")), {})
