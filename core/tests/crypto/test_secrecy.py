"""A key that is stored is found nowhere in the clear."""

from __future__ import annotations

import json
import logging
import traceback

import pytest

from voicegateway.core.gateway import Gateway
from voicegateway.errors import ConfigError, SecretError

CANARY = "sk-canary-0123456789abcdef"
OTHER = "another-canary-9876543210"
SETTINGS = {
    "api_key": CANARY,
    "second_key": CANARY,
    "base_url": f"https://user:{CANARY}@acme.example",
    "nested": {"list": [CANARY]},
}


def everything(manager):
    """All that could be shown of what is stored."""
    layers = manager.layers()
    yield repr(layers)
    yield str(layers)
    for kind in ("provider", "model", "project"):
        for one in layers.resources(kind):
            yield repr(one)
            yield json.dumps(one.settings())
    for entry in manager.audit_log():
        yield repr(entry)
    yield repr(manager.store.rows())
    yield repr(Gateway().config)
    yield repr(Gateway().list_projects())


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_stored_key_is_found_nowhere(manager, home, caplog):
    caplog.set_level(logging.DEBUG)
    manager.create("provider", "acme", SETTINGS, actor="api")
    manager.create("project", "a", {"providers": {"acme": SETTINGS}}, actor="api")
    manager.update("provider", "acme", {"api_key": OTHER}, actor="api")
    shown = "\n".join(everything(manager))
    assert "sk-c...cdef" in shown  # what is looked at is what was stored
    assert "anot...3210" in shown
    manager.delete("project", "a", actor="api")
    shown += "\n".join(everything(manager)) + caplog.text
    for secret in (CANARY, OTHER):
        assert secret not in shown
        found = [path.name for path in files(home) if secret.encode() in path.read_bytes()]
        assert found == []
    assert any(path.name.startswith("voicegw.db") for path in files(home))


def test_what_was_stored_comes_back(manager):
    manager.create("provider", "acme", SETTINGS, actor="api")
    entry = manager.get("provider", "acme").entry
    assert entry.api_key.get_secret_value() == CANARY
    assert entry.base_url == SETTINGS["base_url"]
    assert entry.own_settings == {"second_key": CANARY, "nested": {"list": [CANARY]}}


def test_a_masked_key_that_comes_back_is_not_a_new_one(manager):
    manager.create("provider", "acme", {"api_key": CANARY}, actor="api")
    shown = manager.get("provider", "acme").settings()
    assert shown == {"api_key": "sk-c...cdef"}
    manager.update("provider", "acme", {**shown, "enabled": False}, actor="dashboard")
    entry = manager.get("provider", "acme").entry
    assert (entry.api_key.get_secret_value(), entry.enabled) == (CANARY, False)


def test_without_a_key_nothing_is_encrypted(manager, home):
    manager.create("provider", "acme", {"base_url": "https://acme.example"}, actor="api")
    (row,) = manager.store.rows()
    assert (json.loads(row.body), row.sealed) == ({"base_url": "https://acme.example"}, None)
    assert not (home / "home").exists()


@pytest.mark.parametrize(
    "text",
    [
        f"providers: {{acme: {{api_key: [{CANARY}]}}}}",
        f"providers: {{acme: {{api_key: {CANARY}, api_key: {CANARY}}}}}",
        f"providers: {{acme: {{api_key: *{CANARY}}}}}",
        f"providers: {{acme: {{api_key: !{CANARY} x}}}}",
        f"providers: {{acme: {{api_key: '{CANARY}}}}}",
        f"providers: {{acme: {{api_key: {CANARY}: x}}}}",
        f"providers: {{acme: {{api_key: '${{{CANARY}}}'}}}}",
        f"providers: [{CANARY}]",
        f"providers: {CANARY}",
        f"projects: {{a: {{providers: {{acme: {CANARY}}}}}}}",
    ],
)
def test_a_faulty_file_does_not_give_its_keys_away(manager, yaml, text):
    yaml(text)
    with pytest.raises(ConfigError) as refused:
        Gateway()
    assert CANARY not in str(refused.value)
    assert CANARY not in "".join(traceback.format_exception(refused.value))


def test_a_wrong_secret_is_one_error_and_deletes_nothing(manager, monkeypatch):
    monkeypatch.setenv("VOICEGW_SECRET", "the first long passphrase")
    manager.create("provider", "acme", SETTINGS, actor="api")
    monkeypatch.setenv("VOICEGW_SECRET", "quite another passphrase")
    for ask in (
        Gateway,
        lambda: manager.list("provider"),
        lambda: manager.update("provider", "acme", {"enabled": False}, actor="api"),
        lambda: manager.create("project", "a", {}, actor="api"),
    ):
        with pytest.raises(SecretError, match=r"provider 'acme'.*set VOICEGW_SECRET"):
            ask()
    monkeypatch.setenv("VOICEGW_SECRET", "the first long passphrase")
    assert manager.get("provider", "acme").entry.api_key.get_secret_value() == CANARY


def test_what_cannot_be_decrypted_can_be_deleted(manager, monkeypatch):
    monkeypatch.setenv("VOICEGW_SECRET", "the first long passphrase")
    manager.create("provider", "acme", {**SETTINGS, "enabled": False}, actor="api")
    monkeypatch.delenv("VOICEGW_SECRET")
    manager.delete("provider", "acme", actor="cli")
    assert manager.list("provider") == []
    assert json.loads(manager.audit_log()[0].before_json) == {"enabled": False}
