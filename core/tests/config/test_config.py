"""`voicegw.yaml`: where it is looked for, what it may say, and what is said of its faults."""

from __future__ import annotations

from decimal import Decimal

import pytest

from voicegateway.core.config import database_target, find_config, ledger_place, load_config
from voicegateway.errors import ConfigError
from voicegateway.types import Unit


@pytest.fixture(autouse=True)
def empty_home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("VOICEGW_CONFIG", "VOICEGW_DB_PATH"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def config(tmp_path):
    def load(text):
        path = tmp_path / "voicegw.yaml"
        path.write_text(text)
        return load_config(path).config

    return load


def fault(config, text) -> str:
    with pytest.raises(ConfigError) as error:
        config(text)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_without_a_file_all_is_default():
    loaded = load_config()
    assert loaded.path is None
    assert loaded.config.default_project == "default"
    assert loaded.config.cost_tracking.enabled


def test_search_order(tmp_path, monkeypatch):
    user = tmp_path / "home/.config/voicegateway/voicegw.yaml"
    user.parent.mkdir(parents=True)
    user.write_text("default_project: of-the-user")
    assert load_config().config.default_project == "of-the-user"
    (tmp_path / "voicegw.yaml").write_text("default_project: of-the-folder")
    assert load_config().config.default_project == "of-the-folder"
    named = tmp_path / "other.yaml"
    named.write_text("default_project: of-the-variable")
    monkeypatch.setenv("VOICEGW_CONFIG", str(named))
    assert load_config().config.default_project == "of-the-variable"
    explicit = tmp_path / "explicit.yaml"
    explicit.write_text("default_project: explicit")
    assert load_config(explicit).config.default_project == "explicit"


def test_a_named_file_must_exist(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match=r"--config.*voicegw init -o"):
        find_config(tmp_path / "nowhere.yaml")
    monkeypatch.setenv("VOICEGW_CONFIG", str(tmp_path / "nowhere.yaml"))
    with pytest.raises(ConfigError, match="VOICEGW_CONFIG"):
        find_config()


def test_variables(config, monkeypatch):
    monkeypatch.setenv("ACME_KEY", "k-123")
    loaded = config("providers: {acme: {api_key: '${ACME_KEY}', base_url: '${URL:-http://x}/v1'}}")
    entry = loaded.providers["acme"]
    assert entry.api_key.get_secret_value() == "k-123"
    assert entry.base_url == "http://x/v1"


def test_an_unset_variable_names_the_keys_path(config):
    said = fault(config, "providers: {acme: {api_key: '${NO_SUCH_VARIABLE}'}}")
    assert "providers.acme.api_key" in said
    assert "NO_SUCH_VARIABLE" in said


@pytest.mark.parametrize("name", ["${", "${}", "${a-b}", "x ${1}", "${A:=b}"])
def test_a_variable_that_is_none_is_an_error(config, name):
    said = fault(config, f"projects: {{a: {{name: '{name}'}}}}")
    assert "projects.a.name has a ${ that begins no variable" in said


def test_an_empty_variable_is_none(config, monkeypatch):
    monkeypatch.setenv("EMPTY", "")
    assert config("projects: {a: {name: '${EMPTY:-x}'}}").projects["a"].name == "x"
    assert "needs the environment variable EMPTY" in fault(config, "default_project: '${EMPTY}'")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("projects: {a: {daily_budget: -0.01}}", "projects.a.daily_budget"),
        ("projects: {a: {daily_budget: .inf}}", "projects.a.daily_budget"),
        ("projects: {a: {daily_budget: .nan}}", "projects.a.daily_budget"),
        ("projects: {a: {monthly_budget: 1e12}}", "projects.a.monthly_budget"),
        ("projects: {a: {budget_action: explode}}", "'warn', 'throttle' or 'block'"),
        ("projects: {'': {}}", "1 to 200 characters"),
        ("projects: {a: null}", "projects.a"),
        ("a: 1\na: 2", "a key is there twice"),
        ("providers: &a {b: *a}", "holds itself"),
        ("defalt_project: x", "did you mean 'default_project'?"),
        (
            "cost_tracking: {timezon: UTC}",
            "cost_tracking.timezon is no known key: did you mean 'timezone'?",
        ),
        ("cost_tracking: {timezone: Europe/Pari}", "did you mean 'Europe/Paris'?"),
        ("projects: {a: {nam: x}}", "projects.a.nam is no known key: did you mean 'name'?"),
        ("stacks: {a: {stt: x/y, llm: x/y}}", "stacks.a.tts: Field required"),
        ("stacks: {a: {stt: x/y, llm: alias, tts: x/y}}", "stacks.a.llm is 'alias'"),
        ("projects: {a: {default_stack: nope}}", "projects.a.default_stack"),
        ("cost_tracking: {durability: maybe}", "cost_tracking.durability"),
        ("pricing: {overrides: [{match: {provider: x}, rates: {chars: {usd: 1}}}]}", "chars"),
        (
            "pricing: {overrides: [{match: {provider: x}, rates: {characters: {usd: -1}}}]}",
            "greater than or equal to 0",
        ),
        ("a: [", "is not YAML"),
        ("- a list", "must hold sections"),
        ("budgets: {}", "budgets is no known key"),
    ],
)
def test_faults_say_what_and_where(config, text, expected):
    assert expected in fault(config, text)


def test_a_file_that_is_not_text(tmp_path):
    path = tmp_path / "voicegw.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(path)


def test_a_file_nested_beyond_reason(config):
    assert "is not YAML" in fault(config, "[" * 3000)


def test_a_date_that_is_none(config):
    assert "is not YAML" in fault(config, "a: 2026-99-99")


def test_a_faulty_key_is_not_repeated(config):
    said = fault(config, "providers: {acme: {api_key: [canary-secret-value]}}")
    assert "canary-secret-value" not in said


def test_rates_are_exact(config):
    loaded = config(
        "pricing: {overrides: [{match: {provider: acme},"
        " rates: {audio_seconds: {usd: 0.0048, per: 60}}}]}"
    )
    rate = loaded.pricing.overrides[0].rates[Unit.AUDIO_SECONDS]
    assert (rate.usd, rate.per) == (Decimal("0.0048"), Decimal(60))


def test_where_the_ledger_is(tmp_path, monkeypatch):
    assert database_target(None) == str(tmp_path / "home/.config/voicegateway/voicegw.db")
    assert database_target("~/x.db") == str(tmp_path / "home/x.db")
    monkeypatch.setenv("VOICEGW_DB_PATH", "postgresql://host/db")
    assert database_target("~/x.db") == "postgresql://host/db"
    (tmp_path / "voicegw.yaml").write_text("cost_tracking: {timezone: Europe/Paris}")
    assert ledger_place().timezone == "Europe/Paris"


@pytest.mark.parametrize(
    "off", ["cost_tracking: {enabled: false}", "observability: {cost_tracking: false}"]
)
@pytest.mark.parametrize(
    "bound",
    [
        "projects: {shop: {daily_budget: 1}}",
        "projects: {shop: {unpriced: refuse}}",
        "rate_limits: {acme: {requests_per_minute: 1}}",
    ],
)
def test_a_budget_without_the_ledger_is_no_budget(tmp_path, off, bound):
    path = tmp_path / "voicegw.yaml"
    path.write_text(f"{off}\n{bound}\n")
    with pytest.raises(ConfigError, match="kept in the ledger"):
        load_config(path)
