"""Options: what is refused, and how it is said."""

import dataclasses
import re
from pathlib import Path

import pytest

from voicegateway.types import ProviderSettings, Secret
from voicegw_local.kokoro.options import KokoroOptions
from voicegw_local.llamacpp.options import LOAD_OPTIONS, REQUEST_OPTIONS, LlamaOptions
from voicegw_local.ollama.options import OllamaOptions
from voicegw_local.options import read_options
from voicegw_local.piper.options import PiperOptions
from voicegw_local.whisper.options import WhisperOptions

KINDS = {
    "whisper": WhisperOptions,
    "piper": PiperOptions,
    "kokoro": KokoroOptions,
    "llamacpp": LlamaOptions,
    "ollama": OllamaOptions,
}
NONE = ProviderSettings(provider="any")


def read(provider, settings=NONE, **options):
    return read_options(KINDS[provider], provider, settings, options)


@pytest.mark.parametrize("provider", KINDS)
def test_the_defaults(provider):
    assert read(provider) == KINDS[provider]()


def test_the_caller_wins_over_the_config(settings):
    chosen = read("llamacpp", settings("llamacpp", n_ctx=512, seed=7), n_ctx=1024)
    assert (chosen.n_ctx, chosen.seed) == (1024, 7)


@pytest.mark.parametrize(
    ("provider", "wrong", "nearest"),
    [
        ("whisper", "beam_sise", "beam_size"),
        ("piper", "lenght_scale", "length_scale"),
        ("kokoro", "first_word", "first_words"),
        ("ollama", "num_predcit", "num_predict"),
        ("llamacpp", "max_token", "max_tokens"),
    ],
)
def test_an_unknown_option_names_the_nearest(provider, wrong, nearest):
    with pytest.raises(ValueError, match=f"no option '{wrong}': did you mean '{nearest}'"):
        read(provider, **{wrong: 1})


def test_an_unknown_option_like_no_other_lists_them():
    with pytest.raises(ValueError, match=r"no option 'zzz': it has device, length_scale"):
        read("piper", zzz=1)


def test_the_config_is_checked_too(settings):
    with pytest.raises(ValueError, match="did you mean 'threads'"):
        read("piper", settings("piper", thread=2))


@pytest.mark.parametrize(
    ("provider", "options", "said"),
    [
        ("whisper", {"beam_size": "5"}, "'beam_size' must be a whole number, not str"),
        ("whisper", {"beam_size": True}, "must be a whole number, not bool"),
        ("whisper", {"beam_size": 0}, "must be at least 1, not 0"),
        ("whisper", {"temperature": float("nan")}, "must be at least 0, not nan"),
        ("whisper", {"device": "tpu"}, "must be one of cpu, cuda, auto"),
        ("whisper", {"vad_filter": 1}, "must be true or false, not int"),
        ("whisper", {"device": None}, "must be a text, not NoneType"),
        ("piper", {"speed": 0}, "must be at least 0.1, not 0"),
        ("kokoro", {"speed": 3}, "must be at most 2, not 3"),
        ("piper", {"speed": "fast"}, "must be a number, not str"),
        ("piper", {"speaker": 1.5}, "must be a text or a whole number, not float"),
        ("piper", {"speed": 1.2, "length_scale": 0.8}, "say the same: give one"),
        ("piper", {"length_scale": 0.0}, "must be between 0.1 and 10"),
        ("llamacpp", {"top_p": 1.5}, "must be at most 1, not 1.5"),
        ("llamacpp", {"stop": "."}, "must be a list of texts, not str"),
        ("llamacpp", {"stop": [1]}, "must be a list of texts, not tuple"),
        ("llamacpp", {"gpu_layers": -2}, "must be at least -1, not -2"),
    ],
)
def test_a_wrong_value(provider, options, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        read(provider, **options)


def test_a_whole_number_is_a_number():
    assert read("llamacpp", temperature=0).temperature == 0
    assert read("llamacpp", stop=["a", "b"]).stop == ("a", "b")


@pytest.mark.parametrize(
    "settings",
    [
        ProviderSettings("piper", api_key=Secret("x")),
        ProviderSettings("piper", base_url="http://x"),
    ],
)
def test_a_key_or_an_address_means_nothing_here(settings):
    with pytest.raises(ValueError, match="runs on this machine"):
        read("piper", settings)


def test_a_request_says_only_what_was_chosen():
    assert read("llamacpp").request() == {}
    chosen = read("llamacpp", temperature=0, stop=["."], n_ctx=128)
    assert chosen.request() == {"temperature": 0, "stop": (".",)}
    assert chosen.load()["n_ctx"] == 128


def test_every_option_of_llamacpp_goes_somewhere():
    names = {field.name for field in dataclasses.fields(LlamaOptions)}
    assert {*LOAD_OPTIONS, *REQUEST_OPTIONS, "model_path", "in_process", "thinking"} == names


@pytest.mark.parametrize("thinking", [True, False])
def test_thinking_is_said_to_the_template(thinking):
    said = read("llamacpp", thinking=thinking).request()
    assert said == {"chat_template_kwargs": {"enable_thinking": thinking}}


@pytest.mark.parametrize("provider", KINDS)
def test_the_readme_names_every_option(provider):
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    section = readme.split(f"### {provider}\n")[1].split("\n#")[0]
    named = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|(.+?)\|", section, re.MULTILINE))))
    assert named == {field.name for field in dataclasses.fields(KINDS[provider])}
    assert all(field.metadata["meaning"] for field in dataclasses.fields(KINDS[provider]))
