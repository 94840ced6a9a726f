"""A real installed provider, `fake`, and a process-wide gateway on a ledger of its own."""

from __future__ import annotations

import sys

import pytest

from voicegateway import inference
from voicegateway.testing import MemoryLedger

PLUGIN = """
from decimal import Decimal
from voicegateway import hookimpl
from voicegateway.types import Modality, PriceLine, PriceQuote, ProviderInfo, Unit

made = []

@hookimpl
def provider_info():
    return ProviderInfo("Fake", frozenset(Modality), key_variable="FAKE_API_KEY")

def _keep(target, **asked):
    made.append(asked)
    return target

@hookimpl
def create_stt(model, language, settings, options):
    from voicegateway.testing import FakeSTT
    return _keep(FakeSTT(), model=model, language=language, settings=settings, options=options)

@hookimpl
def create_llm(model, settings, options):
    from voicegateway.testing import FakeLLM
    words = {} if model != "slow" else {"words": ("tok ",) * 200, "delay": 0.01}
    return _keep(FakeLLM(**words), model=model, settings=settings, options=options)

@hookimpl
def create_tts(model, voice, settings, options):
    from voicegateway.testing import FakeTTS
    delay = 0.05 if model == "slow" else 0.0
    return _keep(FakeTTS(delay=delay), model=model, voice=voice, settings=settings, options=options)

@hookimpl
def price_usage(model, modality, usage, terms):
    rate = Decimal("0.001")
    lines = tuple(
        PriceLine(u, q, q, rate, Decimal(1), q * rate)
        for u, q in usage.units.items() if u is not Unit.SESSION_SECONDS
    )
    total = sum((line.amount_usd for line in lines), Decimal(0))
    return PriceQuote(total, lines, source="fake list")
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """`install("voicegw-acme", {"acme": "acme_plugin"}, acme_plugin=source)`: a distribution."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def add(distribution, entry_points, *, group="voicegw.providers", version="1.0", **modules):
        info = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        lines = "".join(f"{name} = {value}\n" for name, value in entry_points.items())
        with (info / "entry_points.txt").open("a") as file:
            file.write(f"[{group}]\n{lines}")
        for name, source in modules.items():
            (folder / f"{name}.py").write_text(source)
            monkeypatch.delitem(sys.modules, name, raising=False)

    yield add
    for path in folder.glob("*.py"):
        sys.modules.pop(path.stem, None)


@pytest.fixture
def gateway(tmp_path, monkeypatch, install):
    """The process-wide gateway with the provider `fake`; rows are kept in memory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "ledger.db"))
    monkeypatch.setenv("FAKE_API_KEY", "canary-key-0123456789")
    for name in ("VOICEGW_CONFIG", "VOICEGW_ACTIVE_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    install("voicegw-fake", {"fake": "fake_plugin"}, fake_plugin=PLUGIN)
    inference.reset_gateway()
    yield inference.get_gateway
    inference.reset_project()
    inference.reset_gateway()


@pytest.fixture
def rows(gateway) -> MemoryLedger:
    """What the gateway's ledger is given, in memory."""
    gateway().storage = MemoryLedger()
    return gateway().storage


@pytest.fixture
def asked(gateway):
    """What the factories asked the plugin for."""
    gateway().registry.get("fake")
    made = sys.modules["fake_plugin"].made
    made.clear()
    return made
