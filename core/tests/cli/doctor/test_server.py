"""A server that strangers could reach, its keys, and the file that managed keys are sealed with."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from voicegateway.core.access.keys import create_key
from voicegateway.core.access.opening import key_store
from voicegateway.core.access.scopes import Scope
from voicegateway.core.schema import GatewayConfig
from voicegateway.storage.ledger import open_ledger

DAY = timedelta(days=1)


@pytest.fixture
def make_key(ledger_path):
    rows = open_ledger(ledger_path)
    rows.start()
    rows.close()

    def make(name, *, expires=None, age=timedelta()):
        key = create_key(
            key_store(GatewayConfig()), name, [Scope.READ], actor="cli", expires=expires
        )
        microseconds = int(age.total_seconds() * 1e6)
        with sqlite3.connect(ledger_path) as raw:
            raw.execute("UPDATE api_keys SET created_us = created_us - ?", (microseconds,))
        raw.close()
        return key

    return make


PUBLIC = "server: {host: 0.0.0.0}"


def test_bound_to_loopback_needs_no_key(configure, examine):
    configure("server: {host: '::1'}")
    assert examine()[0] == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "gateway.example"])
def test_bound_to_more_without_a_key(configure, examine, host):
    configure(f"server: {{host: '{host}'}}")
    (finding,), _ = examine()
    assert finding["about"] == "server"
    assert f"bound to {host} and there is no API key" in finding["what"]
    assert "voicegw keys create" in finding["fix"]


def test_the_variable_wins_over_the_config(home, monkeypatch, examine):
    monkeypatch.setenv("VOICEGW_HOST", "0.0.0.0")
    assert len(examine()[0]) == 1


def test_bound_to_more_with_a_key(configure, make_key, examine):
    configure(PUBLIC)
    make_key("ci")
    assert examine()[0] == []


def test_bound_to_more_with_an_old_key(configure, make_key, examine):
    configure(PUBLIC)
    key = make_key("ci", age=400 * DAY)
    (finding,), _ = examine()
    assert "'ci', which is 400 days old" in finding["what"]
    assert f"voicegw keys revoke {key.row.id}" in finding["fix"]


def test_bound_to_more_with_a_short_key(home, configure, monkeypatch, examine):
    configure(PUBLIC)
    monkeypatch.setenv("VOICEGW_API_KEY", "letmein")
    (finding,), told = examine()
    assert "which is short" in finding["what"]
    assert "letmein" not in str(told)


def test_a_key_that_expires_soon(make_key, examine):
    now = datetime.now(UTC)
    make_key("late", expires=now + 60 * DAY)
    assert examine()[0] == []
    make_key("soon", expires=now + 3.5 * DAY)
    (finding,), _ = examine()
    assert finding["what"] == "'soon' expires in 3 days"
    assert "voicegw keys create soon --scopes read" in finding["fix"]


def test_a_key_that_has_expired_is_only_a_note_and_lets_nobody_in(
    configure, make_key, ledger_path, examine
):
    configure(PUBLIC)
    make_key("gone", expires=datetime.now(UTC) + DAY)
    with sqlite3.connect(ledger_path) as raw:
        raw.execute("UPDATE api_keys SET expires_us = 1")
    raw.close()
    (finding,), told = examine()
    assert "there is no API key" in finding["what"]
    assert "'gone' has expired" in {one["what"] for one in told}


def test_a_key_file_that_others_can_read(home, examine):
    path = home / ".config" / "voicegateway" / "voicegw.key"
    path.parent.mkdir(parents=True)
    path.write_text("a-key\n")
    path.chmod(0o600)
    assert examine()[0] == []
    path.chmod(0o644)
    (finding,), _ = examine()
    assert finding["about"] == "key file"
    assert finding["fix"].startswith(f"chmod 600 {path}")
