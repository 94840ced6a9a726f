"""The plugin contract, for each of the providers."""

import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest

from voicegateway.core.provider import Provider, load_plugin
from voicegateway.types import (
    JoinedSource,
    Modality,
    PriceTerms,
    StreamReport,
    Unit,
    UrlSource,
    Usage,
)
from voicegw_local import __version__
from voicegw_local.stack import LOCAL

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
PROVIDERS = {
    "whisper": Modality.STT,
    "piper": Modality.TTS,
    "kokoro": Modality.TTS,
    "llamacpp": Modality.LLM,
}
"""Those with an engine and models on this machine: `ollama` has a server instead, and tests of
its own."""
ENTRY_POINTS = PROJECT["entry-points"]
PUBLISHERS = ("https://huggingface.co/", "https://github.com/thewh1teagle/kokoro-onnx/releases/")


@pytest.fixture(params=PROVIDERS)
def provider(request):
    module = import_module(ENTRY_POINTS["voicegw.providers"][request.param])
    return Provider(request.param, "voicegw-local", "0", load_plugin(request.param, module))


def test_the_entry_points():
    assert set(ENTRY_POINTS["voicegw.providers"]) >= set(PROVIDERS)
    assert len(set(ENTRY_POINTS["voicegw.providers"].values())) == len(
        ENTRY_POINTS["voicegw.providers"]
    )
    assert ENTRY_POINTS["voicegw.stacks"] == {"local": "voicegw_local.stack:LOCAL"}
    assert PROJECT["version"] == __version__


def test_every_engine_is_an_extra_and_so_is_fetching():
    extras = PROJECT["optional-dependencies"]
    assert set(extras) >= {*PROVIDERS, "all"}
    for name in PROVIDERS:
        assert any(needed.startswith("voicegw[models]") for needed in extras[name])
        assert all(">=" in needed and "<" in needed for needed in extras[name])


def test_the_stack_names_models_that_are_declared():
    assert set(LOCAL) == {"stt", "llm", "tts"}
    for leg, name in LOCAL.items():
        provider, model = name.split("/", 1)
        module = import_module(ENTRY_POINTS["voicegw.providers"][provider])
        assert model in [bundle.model for bundle in module.model_bundles()]
        assert PROVIDERS[provider] is Modality(leg)


def test_a_plugin_imports_neither_livekit_nor_an_engine():
    heavy = [
        "livekit",
        "numpy",
        "faster_whisper",
        "ctranslate2",
        "piper",
        "onnxruntime",
        "kokoro_onnx",
        "phonemizer",
        "aiohttp",
        "xllamacpp",
        "requests",
    ]
    modules = ", ".join(ENTRY_POINTS["voicegw.providers"].values())
    code = (
        f"import sys, {modules}, voicegw_local.stack\n"
        f"for module in ({modules},):\n"
        "    module.provider_info(), getattr(module, 'model_bundles', tuple)()\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_it_says_of_itself(provider):
    info = provider.provider_info()
    assert info.local
    assert info.key_variable is None
    assert info.modalities == provider.modalities() == {PROVIDERS[provider.id]}
    assert info.models == tuple(bundle.model for bundle in provider.model_bundles())


def test_its_models_can_be_fetched(provider):
    for bundle in provider.model_bundles():
        assert bundle.license
        for file in bundle.files:
            assert len(file.sha256) == 64
            assert file.size > 0
            assert isinstance(file.sources[-1], UrlSource)
            for source in file.sources:
                if isinstance(source, UrlSource):
                    assert source.url.startswith(PUBLISHERS)
                    assert "/main/" not in source.url  # a commit, which does not change
                parts = source.parts if isinstance(source, JoinedSource) else ()
                assert all(len(part.sha256) == 64 for part in parts)


def test_it_costs_exactly_nothing(provider):
    terms = PriceTerms(at=datetime(2026, 11, 22, tzinfo=UTC))
    usage = Usage({Unit.OUTPUT_TOKENS: Decimal(10)})
    quote = provider.price_usage("any", PROVIDERS[provider.id], usage, terms)
    assert quote.amount_usd == 0
    assert isinstance(quote.amount_usd, Decimal)
    assert (quote.lines, quote.unpriced, quote.confidence) == ((), (), "exact")
    assert quote.source.startswith("self-hosted: ")


def test_it_judges_streams(provider):
    report = StreamReport(
        call_id="c",
        attempt=1,
        provider=provider.id,
        model="any",
        modality=PROVIDERS[provider.id],
        terms=PriceTerms(at=datetime(2026, 11, 22, tzinfo=UTC)),
        outcome="completed",
        measured=Usage({}, "measured"),
        reported=None,
        opened_at=datetime(2026, 11, 22, tzinfo=UTC),
        first_output_ms=None,
        duration_ms=1.0,
    )
    assert provider.validate_stream(report).status == "usage_missing"


def test_check_without_a_model(provider, settings, no_models):
    check = provider.check_provider(settings(provider.id))
    assert not check.ok
    assert f"voicegw models fetch {provider.id}/" in check.detail


def test_check_with_a_model_of_ones_own(provider, settings, no_models):
    check = provider.check_provider(settings(provider.id, model_path=str(no_models)))
    assert check.ok
    assert str(no_models) in check.detail


def test_check_without_the_engine(provider, settings, monkeypatch):
    engine = {
        "whisper": "faster_whisper",
        "piper": "piper",
        "kokoro": "kokoro_onnx",
        "llamacpp": "xllamacpp",
    }[provider.id]
    monkeypatch.setitem(sys.modules, engine, None)
    check = provider.check_provider(settings(provider.id))
    assert not check.ok
    assert f'pip install "voicegw-local[{provider.id}]"' in check.detail


def test_preload_imports_livekit():
    code = (
        "import sys, voicegw_local.llamacpp as plugin; plugin.preload_provider()\n"
        "print('livekit.agents' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
