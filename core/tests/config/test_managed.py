"""Managed resources: the same rules as YAML, which wins, and a line in the audit log each."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from voicegateway.errors import (
    ConfigError,
    LedgerError,
    ReadOnlyResourceError,
    ResourceExistsError,
    ResourceInvalidError,
    ResourceNotFoundError,
)
from voicegateway.storage import schema
from voicegateway.storage.targets import engine_for


def test_without_a_store_there_is_the_default_project(manager, tmp_path):
    assert [(one.id, one.source) for one in manager.list("project")] == [("default", "default")]
    assert manager.list("provider") == []
    assert manager.audit_log() == []
    assert not (tmp_path / "voicegw.db").exists()


def test_a_project_is_made_changed_and_deleted(manager):
    made = manager.create("project", "support", {"daily_budget": "5.00"}, actor="api")
    assert (made.source, made.entry.daily_budget) == ("managed", Decimal("5.00"))
    manager.update("project", "support", {"budget_action": "block", "name": "Support"}, actor="mcp")
    config = manager.layers().config
    assert config.projects["support"].daily_budget == Decimal("5.00")
    assert config.projects["support"].budget_action == "block"
    manager.update("project", "support", {"daily_budget": None}, actor="mcp")
    assert manager.get("project", "support").settings() == {
        "budget_action": "block",
        "name": "Support",
    }
    manager.delete("project", "support", actor="cli")
    assert "support" not in manager.layers().config.projects
    with pytest.raises(ResourceNotFoundError) as missing:
        manager.get("project", "support")
    assert missing.value.code == "PROJECT_NOT_FOUND"


def test_every_write_is_in_the_audit_log(manager):
    manager.create("project", "a", {"daily_budget": 1.5}, actor="api")
    manager.update("project", "a", {"daily_budget": 2}, actor="dashboard")
    manager.delete("project", "a", actor="key of Ann")
    deleted, updated, created = manager.audit_log()
    assert [one.action for one in (created, updated, deleted)] == ["create", "update", "delete"]
    assert [one.actor for one in (created, updated, deleted)] == ["api", "dashboard", "key of Ann"]
    assert created.before_json is None
    assert json.loads(created.after_json) == {"daily_budget": "1.5"}
    assert (updated.before_json, json.loads(updated.after_json)) == (
        created.after_json,
        {"daily_budget": "2"},
    )
    assert (deleted.kind, deleted.resource, deleted.after_json) == ("project", "a", None)
    assert manager.audit_log(limit=1, before=deleted.id) == [updated]


def test_models_are_named_by_modality(manager):
    alias = {"provider": "acme", "model": "tone-1", "options": {"speed": 1.2}}
    manager.create("provider", "acme", {}, actor="api")
    manager.create("model", "tts/voice", alias, actor="api")
    assert manager.layers().config.models.tts["voice"].options == {"speed": 1.2}
    for name in ("voice", "video/voice"):
        with pytest.raises(ResourceInvalidError, match="stt/NAME"):
            manager.create("model", name, alias, actor="api")


@pytest.mark.parametrize(
    ("kind", "name", "settings", "expected"),
    [
        ("project", "a", {"daily_budget": -1}, "projects.a.daily_budget"),
        ("project", "a", {"daily_budget": True}, "not a yes or no"),
        ("project", "a", {"budget_action": "explode"}, "projects.a.budget_action"),
        ("project", "a", {"daily_budgt": 1}, "did you mean 'daily_budget'?"),
        ("project", "a", {"default_stack": "nope"}, "no stack 'nope'"),
        ("project", "a", {"throttle_stack": "nope"}, "no stack 'nope'"),
        ("project", "", {}, "1 to 200 characters"),
        ("project", "a\nb", {}, "control characters"),
        ("provider", "acme", {"region": float("nan")}, "JSON"),
        ("provider", "acme", {"region": object()}, "JSON"),
        ("provider", "acme", {"enabled": "perhaps"}, "providers.acme.enabled"),
        ("model", "stt/ear", {"provider": "acme"}, "models.stt.ear.model"),
        ("model", "stt/ear", {"provider": "nowhere", "model": "x"}, "neither installed"),
    ],
)
def test_what_yaml_may_not_say_is_refused(manager, kind, name, settings, expected):
    with pytest.raises(ResourceInvalidError) as refused:
        manager.create(kind, name, settings, actor="api")
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.code == "VALIDATION_ERROR"
    assert manager.audit_log() == []


def test_a_change_that_is_refused_changes_nothing(manager):
    manager.create("project", "a", {"daily_budget": 1}, actor="api")
    with pytest.raises(ResourceInvalidError):
        manager.update("project", "a", {"daily_budget": -1}, actor="api")
    assert manager.get("project", "a").entry.daily_budget == 1
    assert len(manager.audit_log()) == 1


def test_yaml_wins_and_the_write_says_so(manager, yaml):
    manager.create("project", "shop", {"daily_budget": 9}, actor="api")
    path = yaml("projects: {shop: {daily_budget: 1}}")
    shop = manager.get("project", "shop")
    assert (shop.source, shop.entry.daily_budget) == ("yaml", 1)
    for write in (
        lambda: manager.create("project", "shop", {}, actor="api"),
        lambda: manager.update("project", "shop", {"name": "x"}, actor="api"),
        lambda: manager.delete("project", "shop", actor="api"),
    ):
        with pytest.raises(ReadOnlyResourceError, match=path.name) as refused:
            write()
        assert refused.value.code == "READ_ONLY_RESOURCE"
    yaml("{}")
    assert manager.get("project", "shop").entry.daily_budget == 9


def test_a_name_is_given_once(manager):
    manager.create("project", "a", {}, actor="api")
    with pytest.raises(ResourceExistsError) as refused:
        manager.create("project", "a", {}, actor="api")
    assert refused.value.code == "PROJECT_ALREADY_EXISTS"
    assert len(manager.audit_log()) == 1


@pytest.mark.parametrize("kind", ["provider", "model", "project"])
def test_what_is_not_there_cannot_be_changed(manager, kind):
    for write in (
        lambda: manager.update(kind, "stt/x", {"name": "y"}, actor="api"),
        lambda: manager.delete(kind, "stt/x", actor="api"),
    ):
        with pytest.raises(ResourceNotFoundError) as refused:
            write()
        assert refused.value.code == f"{kind.upper()}_NOT_FOUND"


def test_a_managed_project_may_use_what_yaml_has(manager, yaml):
    yaml("providers: {acme: {}}\nstacks: {s: {stt: acme/a, llm: acme/b, tts: acme/c}}")
    manager.create("project", "a", {"default_stack": "s"}, actor="api")
    yaml("{}")
    with pytest.raises(ConfigError, match=r"managed resources.*do not fit.*default_stack"):
        manager.layers()
    manager.delete("project", "a", actor="api")
    assert manager.layers().config.projects.keys() == {"default"}


def test_variables_are_not_looked_up_for_managed_settings(manager, monkeypatch):
    monkeypatch.setenv("OTHERS_KEY", "canary-of-the-environment")
    manager.create("project", "a", {"description": "${OTHERS_KEY}"}, actor="api")
    assert manager.get("project", "a").entry.description == "${OTHERS_KEY}"


def test_a_database_that_is_none_is_one_error(manager, tmp_path):
    (tmp_path / "voicegw.db").write_text("no database at all, and long enough to be looked at")
    for ask in (manager.layers, lambda: manager.create("project", "a", {}, actor="api")):
        with pytest.raises(LedgerError, match="Managed resources cannot be"):
            ask()


def test_a_ledger_of_an_older_version_is_read_and_brought_up_to_date(
    manager, tmp_path, monkeypatch
):
    with monkeypatch.context() as older:
        first = {number: path for number, path in schema._MIGRATIONS.items() if number < 3}
        older.setattr(schema, "_MIGRATIONS", first)
        engine = engine_for(tmp_path / "voicegw.db")
        connection = engine.connect()
        schema.prepare(connection, engine)
        connection.close()
    assert manager.list("provider") == []
    manager.create("project", "b", {}, actor="api")
    assert manager.get("project", "b").source == "managed"


def test_the_key_for_usage_is_never_managed(manager):
    with pytest.raises(ResourceInvalidError, match=r"providers\.acme\.usage_export: only the conf"):
        manager.create("provider", "acme", {"usage_export": {"api_key": "k" * 20}}, actor="api")
    settings = {"providers": {"acme": {"usage_export": {"api_key": "k" * 20}}}}
    with pytest.raises(ResourceInvalidError, match="usage_export is of a whole account"):
        manager.create("project", "support", settings, actor="api")


def test_the_key_for_usage_of_the_file_is_masked_and_in_no_repr(manager, yaml):
    yaml("providers: {acme: {usage_export: {api_key: canary-of-usage, project_id: canary-too}}}")
    resource = manager.get("provider", "acme")
    shown = f"{resource!r} {resource.settings()!r} {resource.entry.usage_export!r}"
    assert "canary" not in shown.replace("cana...", "")
