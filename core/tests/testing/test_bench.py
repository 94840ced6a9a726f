"""The fixture `plugins`: what it shows, and what it keeps away."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest

from voicegateway import inference
from voicegateway.core.registry import Registry, get_registry, use_registry
from voicegateway.errors import (
    ModelResolutionError,
    PluginError,
    ProviderConflictError,
    ProviderDisabledError,
)
from voicegateway.testing import FakeProvider, drain, plugin_bench, prompt, retries
from voicegateway.types import Unit


@pytest.fixture
def fake(plugins):
    provider = FakeProvider()
    plugins.install("acme", provider)
    return provider


def test_nothing_that_is_installed_is_seen(plugins):
    assert plugins.registry.records() == []
    assert get_registry() is plugins.registry
    for name in ("whisper", "piper", "ollama"):  # installed here, or not: it is all one
        with pytest.raises(ModelResolutionError, match="installed: none"):
            inference.STT(f"{name}/tiny")


def test_what_is_installed_is_listed_like_a_distribution(plugins):
    plugins.install("acme", FakeProvider(), distribution="acme-speech", version="1.2")
    (record,) = plugins.registry.records()
    assert (record.provider, record.distribution, record.version, record.status) == (
        "acme",
        "acme-speech",
        "1.2",
        "available",
    )
    assert plugins.provider("acme").distribution == "acme-speech"
    assert plugins.registry.records()[0].status == "loaded"


def test_an_object_may_be_installed_under_any_id_and_under_two(plugins):
    both = FakeProvider()
    plugins.install("one", both)
    plugins.install("two", both)
    assert plugins.registry.installed() == ["one", "two"]
    assert plugins.provider("one").id == "one"


def test_two_distributions_with_one_id_are_a_conflict(plugins):
    plugins.install("acme", FakeProvider(), distribution="acme-one", version="1.0")
    plugins.install("acme", FakeProvider(), distribution="acme-two", version="2.0")
    with pytest.raises(ProviderConflictError, match=r"acme-one 1\.0 and acme-two 2\.0"):
        plugins.provider("acme")


def test_a_plugin_without_a_hook_is_refused_when_it_is_asked_for(plugins):
    plugins.install("acme", object())
    with pytest.raises(PluginError, match="no hook implementation"):
        plugins.provider("acme")


def test_the_registry_still_turns_off_what_the_config_says(plugins):
    plugins.install("acme", FakeProvider())
    found = plugins.registry.records()
    registry = Registry(["acme"], find=lambda _group: plugins.installed)
    assert [record.status for record in registry.records()] == ["disabled"]
    assert [record.status for record in found] == ["available"]
    with pytest.raises(ProviderDisabledError):
        registry.get("acme")


@pytest.mark.usefixtures("fake")
async def test_rows_are_what_the_calls_left_oldest_first(plugins):
    assert await plugins.rows() == []
    for text in ("one", "two"):
        await drain(inference.LLM("acme/parrot-1", project=text).chat(chat_ctx=prompt(text)))
    first, second = await plugins.rows()
    assert (first.project, second.project) == ("one", "two")
    assert (first.provider, first.model, first.outcome) == ("acme", "parrot-1", "completed")
    assert first.units == {Unit.INPUT_TOKENS: Decimal(42), Unit.OUTPUT_TOKENS: Decimal(4)}
    assert (first.basis, first.verdict, first.attempt) == ("reported", "unverifiable", 1)
    assert first.quote.amount_usd == Decimal("0.0058")
    assert [line.amount_usd for line in first.quote.lines] == [Decimal("0.0042"), Decimal("0.0016")]
    assert first.ttfb_ms is not None
    assert 0 <= first.ttfb_ms <= first.duration_ms
    assert first.vendor_request_id == "request-1"


async def test_failed_attempts_are_rows_with_their_error(plugins):
    plugins.install("acme", FakeProvider(llm={"fails": 1}))
    llm = inference.LLM("acme/parrot-1")
    await drain(llm.chat(chat_ctx=prompt(), conn_options=retries(1)))
    failed, completed = await plugins.rows()
    assert (failed.outcome, failed.error, failed.attempt) == ("failed", "ScriptedError", 1)
    assert (completed.outcome, completed.error, completed.attempt) == ("completed", None, 2)
    assert failed.call_id == completed.call_id


@pytest.mark.usefixtures("fake")
async def test_rows_wait_for_a_stream_that_has_just_been_closed(plugins):
    stream = inference.LLM("acme/parrot-1").chat(chat_ctx=prompt())
    closed = stream.aclose()
    await closed
    (row,) = await plugins.rows()
    assert row.outcome == "cancelled"


@pytest.mark.usefixtures("fake")
async def test_an_open_attempt_is_no_row_yet(plugins):
    plugins.install("slow", FakeProvider(llm={"first_delay": 60}))
    stream = inference.LLM("slow/parrot-1").chat(chat_ctx=prompt())
    assert await plugins.rows(wait=0.05) == []
    await stream.aclose()
    assert [row.outcome for row in await plugins.rows()] == ["cancelled"]


async def test_a_call_that_the_meter_does_not_see_leaves_no_row(plugins, fake):
    settings = plugins.settings("acme")
    await drain(
        plugins.provider("acme").create_llm("parrot-1", settings, {}).chat(chat_ctx=prompt())
    )
    assert fake.asked_of("create_llm")[0]["settings"] is settings
    assert await plugins.rows() == []


def test_settings_are_what_the_config_would_say(plugins):
    settings = plugins.settings("acme", api_key="secret-0123456789", base_url="http://x", plan="p")
    assert (settings.provider, settings.base_url, settings.extra) == (
        "acme",
        "http://x",
        {"plan": "p"},
    )
    assert settings.api_key.reveal() == "secret-0123456789"
    assert "secret-0123456789" not in repr(settings)


def test_the_bench_hears_nothing_of_the_users_variables(tmp_path, monkeypatch):
    monkeypatch.setenv("VOICEGW_ACTIVE_PROJECT", "theirs")
    monkeypatch.setenv("VOICEGW_DB_PATH", "/nowhere/voicegw.db")
    monkeypatch.setenv("ACME_API_KEY", "theirs too")
    with plugin_bench(tmp_path) as bench:
        assert inference.get_active_project() == "default"
        assert os.environ["VOICEGW_DB_PATH"] == str(bench.ledger)
        assert os.environ["ACME_API_KEY"] == "theirs too"
    assert os.environ["VOICEGW_ACTIVE_PROJECT"] == "theirs"
    assert os.environ["VOICEGW_DB_PATH"] == "/nowhere/voicegw.db"


def test_the_process_has_its_own_gateway_back(tmp_path, monkeypatch):
    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "theirs.db"))
    inference.reset_gateway()
    theirs = inference.get_gateway()
    folder = tmp_path / "bench"
    folder.mkdir()
    with plugin_bench(folder) as bench:
        assert inference.get_gateway() is bench.gateway is not theirs
    assert inference.get_gateway() is theirs
    assert get_registry() is theirs.registry
    inference.reset_gateway()


def test_a_bench_may_have_a_config(tmp_path):
    config = "providers:\n  acme:\n    api_key: from-the-config-0123\n    plan: growth\n"
    with plugin_bench(tmp_path, config) as bench:
        bench.install("acme", FakeProvider(key_variable="ACME_API_KEY"))
        settings = bench.gateway.settings("acme", "default")
    assert settings.api_key is not None
    assert settings.api_key.reveal() == "from-the-config-0123"
    assert settings.extra == {"plan": "growth"}


async def test_vendors_clients_find_an_http_session_outside_of_a_job(plugins):
    from livekit.agents.utils import http_context

    assert not http_context.http_session().closed


def test_a_registry_asks_once_for_what_is_installed():
    asked = []
    registry = Registry(find=lambda group: asked.append(group) or [])
    assert registry.records() == registry.records() == []
    assert asked == ["voicegw.providers"]
    use_registry(None)
