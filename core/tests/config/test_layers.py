"""A gateway's configuration: environment, YAML, managed rows; and what follows when it changes."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal

import pytest

from voicegateway import hookimpl, inference
from voicegateway.core.config_manager import ConfigManager
from voicegateway.errors import (
    BudgetExceededError,
    ConfigError,
    LedgerError,
    RateLimitExceeded,
)
from voicegateway.pricing.overrides import Rate
from voicegateway.testing import FakeProvider, drain
from voicegateway.testing.bench import plugin_bench
from voicegateway.types import ProviderInfo, Unit

RATES = {**dict.fromkeys(Unit, Rate(Decimal(0))), Unit.CHARACTERS: Rate(Decimal("0.01"))}


class Cloud(FakeProvider):
    """A provider that needs a key."""

    @hookimpl
    def provider_info(self):
        info = super().provider_info()
        return ProviderInfo("Cloud", info.modalities, key_variable="CLOUD_API_KEY")


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.delenv("CLOUD_API_KEY", raising=False)
    (tmp_path / "bench").mkdir()
    with plugin_bench(tmp_path / "bench", "default_project: shop") as made:
        made.install("acme", FakeProvider(rates=RATES))
        made.install("cloud", Cloud(rates=RATES))
        yield made


@pytest.fixture
def write(bench, tmp_path):
    """Writes the config file and has the gateway follow."""

    async def write(text):
        head = "" if "default_project" in text or text == "{}" else "default_project: shop\n"
        (tmp_path / "bench" / "voicegw.yaml").write_text(head + text)
        await bench.gateway.refresh_config()

    return write


async def managed(bench, kind, name, **settings):
    bench.gateway.config_manager.create(kind, name, settings, actor="test")
    await bench.gateway.refresh_config()


def key(bench, project="shop", **options):
    return bench.gateway.settings("cloud", project, **options).api_key.reveal()


async def test_a_key_is_looked_up_in_order(bench, write, monkeypatch):
    with pytest.raises(ConfigError, match=r"cloud.*shop.*CLOUD_API_KEY"):
        key(bench)
    monkeypatch.setenv("CLOUD_API_KEY", "of-the-environment")
    assert key(bench) == "of-the-environment"
    await managed(bench, "provider", "cloud", api_key="of-the-store", region="there")
    assert key(bench) == "of-the-store"
    await write("providers: {cloud: {base_url: 'http://here'}}")
    settings = bench.gateway.settings("cloud", "shop")  # YAML wins, its key is still the managed
    assert (settings.api_key.reveal(), settings.base_url) == ("of-the-store", "http://here")
    assert settings.extra == {}
    await write("providers: {cloud: {api_key: of-the-file}}")
    assert key(bench) == "of-the-file"
    await managed(bench, "project", "shop", providers={"cloud": {"api_key": "of-the-project"}})
    assert key(bench) == "of-the-project"
    assert key(bench, "other") == "of-the-file"
    assert key(bench, api_key="given") == "given"


async def test_a_managed_address_gets_no_other_key(bench, write, monkeypatch):
    monkeypatch.setenv("CLOUD_API_KEY", "of-the-environment")
    await managed(bench, "provider", "cloud", base_url="http://elsewhere")
    with pytest.raises(ConfigError, match="managed base_url") as refused:
        bench.gateway.settings("cloud", "shop")
    assert "of-the-environment" not in str(refused.value)
    assert key(bench, api_key="given") == "given"
    bench.gateway.config_manager.update("provider", "cloud", {"api_key": "own"}, actor="test")
    await bench.gateway.refresh_config()
    assert key(bench) == "own"
    await write("projects: {shop: {providers: {cloud: {api_key: of-the-file}}}}")
    with pytest.raises(ConfigError, match="managed base_url"):
        bench.gateway.settings("cloud", "shop")


async def test_a_managed_project_may_not_redirect_a_key_of_the_file(bench, write):
    await write("providers: {cloud: {api_key: of-the-file}}")
    await managed(bench, "project", "a", providers={"cloud": {"base_url": "http://elsewhere"}})
    with pytest.raises(ConfigError, match="managed base_url"):
        bench.gateway.settings("cloud", "a")


async def test_projects_of_every_source(bench, write, monkeypatch):
    await drain(inference.TTS("acme/tone-1", project="only-called").synthesize("hello"))
    await bench.rows()
    await managed(bench, "project", "stored", daily_budget=1)
    await write("default_project: shop\nprojects: {filed: {}}")
    monkeypatch.setenv("VOICEGW_ACTIVE_PROJECT", "current")
    found = {one.id: one.source for one in bench.gateway.list_projects()}
    assert found == {
        "current": "env",
        "filed": "yaml",
        "only-called": "ledger",
        "shop": "default",
        "stored": "managed",
    }


async def test_costs_are_those_of_the_period(bench):
    await drain(inference.TTS("acme/tone-1").synthesize("hello"))
    await drain(inference.TTS("acme/tone-1", project="b").synthesize("hi"))
    await bench.rows()
    costs = await asyncio.to_thread(bench.gateway.costs, "today")
    assert costs.total.cost_usd == Decimal("0.07")
    costs = await asyncio.to_thread(bench.gateway.costs, "month", project="b")
    assert costs.total.cost_usd == Decimal("0.02")


def test_costs_without_a_ledger_are_an_error(bench):
    with pytest.raises(LedgerError, match="There is no ledger"):
        bench.gateway.costs("today")


async def test_a_budget_reaches_objects_made_before_it(bench, write):
    tts = inference.TTS("acme/tone-1", streaming=False)
    await drain(tts.synthesize("x" * 50))
    await managed(
        bench, "project", "shop", daily_budget="1.00", budget_action="block", estimate="bound"
    )
    await drain(tts.synthesize("x" * 40))
    with pytest.raises(BudgetExceededError, match=r"daily budget of \$1.00"):
        tts.synthesize("x" * 20)
    bench.gateway.config_manager.update("project", "shop", {"daily_budget": 2}, actor="test")
    await bench.gateway.refresh_config()
    await drain(tts.synthesize("x" * 20))
    with pytest.raises(BudgetExceededError, match=r"daily budget of \$2.00"):
        tts.synthesize("x" * 100)
    bench.gateway.config_manager.delete("project", "shop", actor="test")
    await bench.gateway.refresh_config()
    await drain(tts.synthesize("x" * 100))
    rows = await bench.rows()
    assert [row.quote.amount_usd * 100 for row in rows] == [50, 40, 20, 100]


async def test_a_call_that_runs_keeps_its_hold_over_a_change(bench, write):
    await write("projects: {shop: {daily_budget: 1, budget_action: block, estimate: bound}}")
    tts = inference.TTS("acme/tone-1", streaming=False, delay=0.2)
    running = asyncio.create_task(drain(tts.synthesize("x" * 60)))
    await asyncio.sleep(0.05)
    account = bench.gateway.storage.accounts.get("shop")
    assert account.held_nano == 600_000_000
    await write("projects: {shop: {daily_budget: 0.9, budget_action: block, estimate: bound}}")
    assert bench.gateway.storage.accounts.get("shop") is account
    assert account.held_nano == 600_000_000
    with pytest.raises(BudgetExceededError, match=r"\$0.90"):
        tts.synthesize("x" * 40)
    await running
    (row,) = await bench.rows()
    assert row.quote.amount_usd == Decimal("0.60")


async def test_a_limit_and_a_rate_reach_objects_made_before_them(bench, write):
    tts = inference.TTS("acme/tone-1", streaming=False)
    await drain(tts.synthesize("hello"))
    await bench.rows()
    await write(
        "rate_limits: {acme: {requests_per_minute: 1}}\n"
        "pricing: {overrides: [{match: {provider: acme}, rates: {characters: {usd: 1}}}]}"
    )
    await drain(tts.synthesize("hello"))
    with pytest.raises(RateLimitExceeded, match=r"rate_limits\.acme"):
        tts.synthesize("hello")
    await bench.rows()
    await write("{}")
    await drain(tts.synthesize("hello"))
    rows = await bench.rows()
    assert [row.quote.amount_usd for row in rows] == [Decimal("0.05"), 5, Decimal("0.05")]


async def test_an_estimate_is_priced_anew(bench, write):
    budget = "projects: {shop: {daily_budget: 1, budget_action: block, estimate: bound}}\n"
    await write(budget)
    tts = inference.TTS("acme/tone-1", streaming=False)
    await drain(tts.synthesize("x" * 5))
    await write(
        budget + "pricing: {overrides: [{match: {provider: acme}, rates: {characters: {usd: 1}}}]}"
    )
    with pytest.raises(BudgetExceededError):
        tts.synthesize("x" * 5)


async def test_logging_follows(bench, write, caplog):
    caplog.set_level(logging.INFO, "voicegateway.requests")
    tts = inference.TTS("acme/tone-1")
    for text, lines in (("{}", 1), ("observability: {request_logging: false}", 1), ("{}", 2)):
        await write(text)
        await drain(tts.synthesize("hello"))
        await bench.rows()
        assert len([one for one in caplog.records if one.name == "voicegateway.requests"]) == lines


async def test_a_provider_can_be_turned_off_and_on(write, bench):
    registry = bench.gateway.registry
    await write("{}")
    assert bench.gateway.registry is registry
    await write("plugins: {disabled: [acme]}")
    assert bench.gateway.registry is not registry
    assert bench.gateway.registry is inference_registry()


def inference_registry():
    from voicegateway.core.registry import get_registry

    return get_registry()


@pytest.mark.parametrize(
    "text", ["a: [", "projects: {shop: {daily_budget: -1}}", "nonsense: 1", "default_project: ''"]
)
async def test_a_broken_file_changes_nothing(bench, write, text):
    await write("projects: {shop: {daily_budget: 1, budget_action: block}}")
    before = bench.gateway.config
    with pytest.raises(ConfigError) as refused:
        await write(text)
    assert "\n" not in str(refused.value)
    assert bench.gateway.config is before
    await drain(inference.TTS("acme/tone-1").synthesize("hello"))
    with pytest.raises(BudgetExceededError):
        inference.TTS("acme/tone-1", streaming=False).synthesize("x" * 500)


async def test_what_cannot_follow_is_said(bench, write, caplog):
    await write("cost_tracking: {timezone: Europe/Paris}")
    assert "cost_tracking.timezone has changed" in caplog.text


async def test_many_refreshes_at_once(bench, write):
    await asyncio.gather(*[bench.gateway.refresh_config() for _ in range(5)])
    assert bench.gateway.config.default_project == "shop"


async def test_a_store_that_cannot_be_read_does_not_stop_an_agent(tmp_path, monkeypatch, caplog):
    from voicegateway.core.gateway import Gateway

    monkeypatch.setenv("VOICEGW_DB_PATH", str(tmp_path / "broken.db"))
    (tmp_path / "broken.db").write_text("no database at all, and long enough to be looked at")
    gateway = Gateway()
    assert gateway.config.projects.keys() == {"default"}
    assert "The config file alone applies until refresh_config()." in caplog.text
    with pytest.raises(LedgerError):
        await gateway.refresh_config()


def test_a_gateway_that_is_only_opened_makes_nothing(home, monkeypatch):
    from voicegateway.core.gateway import Gateway

    gateway = Gateway()
    assert gateway.config_path is None
    assert gateway.list_projects()[0].source == "default"
    gateway.close()
    assert list(home.rglob("*")) == []
    assert isinstance(gateway.config_manager, ConfigManager)
