"""Names in a config must lead somewhere, and what a config is for need not be installed."""

from __future__ import annotations

import importlib
import logging

import pytest

from voicegateway.core import references
from voicegateway.core.config import ledger_place, load_config
from voicegateway.errors import ConfigError


@pytest.fixture(autouse=True)
def installed(tmp_path, monkeypatch):
    """One distribution that offers a provider `acme`, whose module must not be imported, and a
    stack `ready`."""
    info = tmp_path / "site" / "voicegw_acme-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: voicegw-acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[voicegw.providers]\nacme = no_such_module\n[voicegw.stacks]\nready = no_such_module\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    importlib.invalidate_caches()
    monkeypatch.setattr(references, "_said", set())


def fault(yaml, text):
    yaml(text)
    with pytest.raises(ConfigError) as refused:
        load_config()
    assert "\n" not in str(refused.value)
    return str(refused.value)


STACK = "stacks: {s: {stt: %s, llm: acme/b, tts: acme/c}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STACK % "amce/a", "stacks.s.stt names the provider 'amce'"),
        (STACK % "amce/a", "did you mean 'acme'?"),
        (STACK % "nowhere/a", "pip install voicegw-nowhere"),
        (STACK % "ear", "stacks.s.stt is 'ear'"),
        (
            "models: {stt: {ears: {provider: acme, model: x}}}\n" + STACK % "ear",
            "did you mean 'ears'?",
        ),
        ("models: {tts: {v: {provider: nowhere, model: x}}}", "models.tts.v.provider names"),
        ("projects: {a: {default_stack: raedy}}", "did you mean 'ready'?"),
        ("projects: {a: {throttle_stack: nope}}", "projects.a.throttle_stack: there is no stack"),
        ("projects: {a: {throttle_stack: ready}}", "there is no stack 'ready' under stacks:"),
        ("fallbacks: {llm: [nowhere/x]}", "fallbacks.llm.0 names the provider 'nowhere'"),
        ("fallbacks: {llm: [alias]}", "fallbacks.llm.0 is 'alias'"),
    ],
)
def test_a_name_that_leads_nowhere_is_an_error(yaml, text, expected):
    assert expected in fault(yaml, text)


@pytest.mark.parametrize(
    "text",
    [
        STACK % "acme/a",
        "providers: {other: {}}\n" + STACK % "other/a",
        "projects: {a: {providers: {other: {}}}}\n" + STACK % "other/a",
        "projects: {a: {default_stack: ready, throttle_stack: s}}\n" + STACK % "acme/a",
        "models: {stt: {ear: {provider: acme, model: x}}}\n" + STACK % "ear",
        "models: {llm: {m: {provider: acme, model: x}}}\nfallbacks: {llm: [m, acme/y]}",
    ],
)
def test_a_name_that_leads_somewhere_is_none(yaml, text):
    yaml(text)
    load_config()


def test_settings_for_what_is_not_installed_are_warned_of_once(yaml, caplog):
    caplog.set_level(logging.WARNING)
    yaml(
        "providers: {acme: {}, other: {}}\n"
        "rate_limits: {third: {requests_per_minute: 1}}\n"
        "projects: {a: {rate_limits: {fourth: {requests_per_minute: 1}}, providers: {fifth: {}}}}"
    )
    for _ in range(2):
        load_config()
    assert sorted(one.getMessage().split(" ")[0] for one in caplog.records) == [
        "projects.a.providers.fifth",
        "projects.a.rate_limits.fourth",
        "providers.other",
        "rate_limits.third",
    ]


def test_where_the_ledger_is_needs_no_plugin(yaml):
    yaml("cost_tracking: {timezone: Europe/Paris}\n" + STACK % "nowhere/a")
    assert ledger_place().timezone == "Europe/Paris"
