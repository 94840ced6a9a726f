"""Keys of the store: made, found, expired, revoked, and what is kept of them."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from voicegateway.core.access.authenticator import Authenticator
from voicegateway.core.access.hashing import hash_token, is_hash, matches
from voicegateway.core.access.keys import create_key, expiry, facts, revoke_key
from voicegateway.core.access.scopes import EVERYTHING, Scope, implied, parse_scopes
from voicegateway.errors import AccessError, KeyNotFoundError, LedgerError
from voicegateway.storage.keys import KeyStore
from voicegateway.storage.managed import ManagedStore
from voicegateway.storage.targets import engine_for

READ, WRITE, ADMIN = Scope.READ, Scope.WRITE, Scope.ADMIN


@pytest.mark.parametrize(
    ("given", "included"),
    [
        ("read", {READ}),
        ("write", {READ, WRITE}),
        ("admin", EVERYTHING),
        ("read,admin", EVERYTHING),
        (" write , read ", {READ, WRITE}),
    ],
)
def test_scopes_include_smaller_ones(given, included):
    assert implied(parse_scopes(given)) == included


@pytest.mark.parametrize("text", ["", ",", "root", "read;write", "READ"])
def test_what_is_no_scope_is_refused(text):
    with pytest.raises(AccessError, match="read, write, admin"):
        parse_scopes(text)


def test_a_key_is_found_by_its_token_alone(made, access):
    ann, bob = made("write"), made("read", name="Bob")
    assert ann.token != bob.token
    found = access.verify(ann.token)
    assert (found.name, found.scopes, found.key) == ("Ann", {READ, WRITE}, ann.row.id)
    assert access.verify(bob.token).scopes == {READ}
    for wrong in ("", "x", ann.token[:-1], ann.token + "0", ann.token.upper(), ann.row.id):
        assert access.verify(wrong) is None
    swapped = ann.token.replace(ann.row.id, bob.row.id)
    assert access.verify(swapped) is None


def test_only_a_hash_is_kept(made, home):
    ann = made("admin")
    kept = b"".join(path.read_bytes() for path in home.glob("voicegw.db*"))
    assert ann.row.id.encode() in kept
    assert ann.token.rpartition("_")[2].encode() not in kept
    assert is_hash(ann.row.hash)
    assert matches(ann.token, ann.row.hash)
    assert ann.token not in repr(ann)
    assert ann.row.hash not in repr(ann.row)
    assert made("admin").row.hash != ann.row.hash


def test_a_token_has_256_random_bits(made):
    tokens = [made("read").token.split("_") for _ in range(3)]
    assert len({secret for _, _, secret in tokens}) == 3
    assert all((mark, len(secret)) == ("vgw", 64) for mark, _, secret in tokens)


def test_without_a_database_there_are_no_keys_and_none_is_made(access, home):
    assert access.verify("vgw_000000000000_" + "0" * 64) is None
    assert not access.required
    assert not (home / "voicegw.db").exists()


def test_a_revoked_key_is_dead_in_this_process_and_in_others(made, store, home):
    ann = made("write")
    here, there = Authenticator(store), Authenticator(KeyStore(engine_for(home / "voicegw.db")))
    assert here.verify(ann.token) is not None
    assert there.verify(ann.token) is not None
    revoked = revoke_key(store, ann.row.id, actor="cli")
    assert revoked.revoked_us >= ann.row.created_us
    for access in (here, there):
        access.forget()  # as a second does
        assert access.verify(ann.token) is None
        access.refresh()
        assert access.recall(ann.token) is None
        assert access.current(ann.row.id) is None
        assert access.required
        assert not access.usable


def test_what_is_known_of_the_store_is_soon_old(made, store):
    access = Authenticator(store)
    ann = made("read")
    assert access.verify(ann.token)
    revoke_key(store, ann.row.id, actor="cli")
    while access.fresh:
        pass  # at most a second
    assert access.verify(ann.token) is None


def test_an_expired_key_is_dead_to_the_moment(made, store, monkeypatch):
    ends = datetime.now(UTC) + timedelta(hours=1)
    ann = made("write", expires=ends)
    access = Authenticator(store)
    clock = ends.timestamp() - 0.001
    monkeypatch.setattr(access._book, "_wall", lambda: clock)
    assert access.verify(ann.token) is not None
    clock = ends.timestamp()
    assert access.verify(ann.token) is None
    assert access.recall(ann.token) is None
    assert access.required
    assert not access.usable


def test_revoking_twice_keeps_the_first_time(made, store):
    ann = made("read")
    first = revoke_key(store, ann.row.id, actor="cli")
    assert revoke_key(store, ann.row.id, actor="cli") == first
    with pytest.raises(KeyNotFoundError, match="keys list"):
        revoke_key(store, "nobody", actor="cli")


def test_changes_are_audited_without_the_key(made, store, home):
    ann = made("write", name="Ann")
    revoke_key(store, ann.row.id, actor="Bob")
    revoke_key(store, ann.row.id, actor="Bob")
    revoked, created = ManagedStore(engine_for(home / "voicegw.db")).audit(10)
    assert (created.actor, created.action, created.kind) == ("cli", "create", "key")
    assert (revoked.actor, revoked.action, revoked.resource) == ("Bob", "revoke", ann.row.id)
    assert json.loads(created.after_json) == {"name": "Ann", "scopes": ["write"]}
    assert revoked.before_json == created.after_json
    assert json.loads(revoked.after_json)["revoked_us"] > 0
    for text in (ann.token, ann.row.hash, ann.row.sign):
        assert text not in repr((created, revoked))


def test_a_key_and_its_audit_row_are_one_transaction(made, store, home):
    made("read")
    with sqlite3.connect(home / "voicegw.db") as raw:
        raw.execute(
            "CREATE TRIGGER no_audit BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
    raw.close()
    before = store.rows()
    with pytest.raises(sqlite3.IntegrityError):
        made("admin")
    with pytest.raises(sqlite3.IntegrityError):
        revoke_key(store, before[0].id, actor="cli")
    assert store.rows() == before


def test_the_last_use_is_written_late_and_once_a_minute(made, store):
    ann = made("read")
    access = Authenticator(store)
    access.verify(ann.token)
    assert store.rows()[0].used_us is None
    access.close()
    first = store.rows()[0].used_us
    assert first >= ann.row.created_us
    access.forget()
    access.verify(ann.token)
    access.close()
    assert store.rows()[0].used_us == first


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201, "a\x00"])
def test_a_name_that_no_key_can_have(store, name):
    with pytest.raises(AccessError, match="200 characters"):
        create_key(store, name, [READ], actor="cli")
    with pytest.raises(AccessError, match="scope"):
        create_key(store, "Ann", [], actor="cli")
    with pytest.raises(AccessError, match="expired already"):
        create_key(store, "Ann", [READ], actor="cli", expires=datetime(2020, 1, 1, tzinfo=UTC))
    assert store.rows() == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", "2026-03-03T12:00:00+00:00"),
        ("12h", "2026-02-02T00:00:00+00:00"),
        ("2027-01-31", "2027-01-31T00:00:00+00:00"),
        ("2027-01-31T12:00+02:00", "2027-01-31T10:00:00+00:00"),
    ],
)
def test_when_a_key_ends(text, expected):
    now = datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert expiry(text, now).isoformat() == expected


@pytest.mark.parametrize("text", ["", "soon", "d", "-3d", "2027-02-30", "3 d"])
def test_what_is_no_time(text):
    with pytest.raises(AccessError, match="is no time"):
        expiry(text)


def test_facts_are_json_with_times_in_utc(made):
    said = facts(made("read", "admin").row)
    assert said["scopes"] == ["read", "admin"]
    assert said["created_at"].endswith("+00:00")
    assert said["revoked_at"] is None
    assert "hash" not in said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "scrypt:16384:8:1:c2FsdHNhbHQ:AAAA",
        "scrypt:16383:8:1:c2FsdHNhbHQ:" + "A" * 43,
        "scrypt:1073741824:8:1:c2FsdHNhbHQ:" + "A" * 43,
        "scrypt:16384:8:99:c2FsdHNhbHQ:" + "A" * 43,
        "scrypt:16384:8:1:c2:" + "A" * 43,
        "scrypt:16384:8:1:c2FsdHNhbHQ:" + "?" * 43,
        "scrypt:a:8:1:c2FsdHNhbHQ:" + "A" * 43,
        "argon2:16384:8:1:c2FsdHNhbHQ:" + "A" * 43,
        "scrypt:16384:8:1:ü:" + "A" * 43,
    ],
)
def test_what_is_no_hash(text):
    assert not is_hash(text)
    with pytest.raises(ValueError, match=r".+"):
        matches("token", text)


def test_a_hash_matches_its_token_alone():
    text = hash_token("a token of my own")
    assert matches("a token of my own", text)
    assert not matches("a token of my owN", text)


def test_a_store_that_cannot_be_read_lets_nobody_in(home, access):
    (home / "voicegw.db").write_text("no database at all, and long enough to be looked at")
    with pytest.raises(LedgerError, match="API keys cannot be read"):
        access.verify("anything")


def test_a_scope_of_a_newer_version_gives_nothing(made, store, home, access):
    ann = made("read")
    with sqlite3.connect(home / "voicegw.db") as raw:
        raw.execute("UPDATE api_keys SET scopes = 'read,billing'")
    raw.close()
    assert access.verify(ann.token) is None
