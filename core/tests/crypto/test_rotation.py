"""`voicegw rotate-secret`, also where it was killed before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.core.crypto import new_key, open_keyring
from voicegateway.core.key_file import key_file
from voicegateway.core.rotation import rotate
from voicegateway.errors import SecretError
from voicegateway.storage.managed import Change

PROGRAM = Path(__file__).parent / "programs" / "rotate.py"
CANARY = "sk-canary-0123456789abcdef"
MANY = 50


@pytest.fixture
def store(manager):
    """A store with many keys, all under the first secret."""

    def fill():
        keys = open_keyring(manager.store.make_salt, create=True)
        for number in range(MANY):
            sealed = keys.encrypt(json.dumps({"api_key": f"{CANARY}-{number}"}))
            name = f"acme-{number}"
            assert manager.store.create("provider", name, "{}", sealed, Change("test"))
        return manager.store

    return fill


def command(*arguments):
    result = CliRunner().invoke(app, ["rotate-secret", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.stdout


def current(store):
    keys = open_keyring(store.salt)
    return sum(keys.is_current(row.sealed) for row in store.rows())


def check(manager):
    found = {one.id: one.entry.api_key.get_secret_value() for one in manager.list("provider")}
    assert found == {f"acme-{number}": f"{CANARY}-{number}" for number in range(MANY)}


def killed(*arguments, after=1):
    """A rotation that was killed after so many transactions."""
    with subprocess.Popen(
        [sys.executable, PROGRAM, *arguments, str(after)], stdout=subprocess.PIPE, text=True
    ) as running:
        done = sum(int(running.stdout.readline()) for _ in range(after))
        running.kill()
    return done


def test_there_may_be_nothing_to_do(manager):
    assert command() == "There are no managed keys.\n"
    assert not key_file().exists()


def test_a_new_secret_with_the_old_one_as_fallback(manager, store, monkeypatch):
    old, new = new_key(), "a passphrase that is new"
    monkeypatch.setenv("VOICEGW_SECRET", old)
    store()
    monkeypatch.setenv("VOICEGW_SECRET", new)
    monkeypatch.setenv("VOICEGW_SECRET_FALLBACK", old)
    assert json.loads(command("--json")) == {"encrypted": MANY, "total": MANY}
    assert command() == f"Encrypted 0 of {MANY} managed keys anew.\n"
    monkeypatch.delenv("VOICEGW_SECRET_FALLBACK")
    check(manager)
    rotated = [one for one in manager.audit_log(1000) if one.action == "rotate"]
    assert len(rotated) == MANY
    assert {one.actor for one in rotated} == {"cli"}


def test_from_the_key_file_to_a_secret(manager, store, monkeypatch):
    store()
    monkeypatch.setenv("VOICEGW_SECRET", new_key())
    assert json.loads(command("--json")) == {"encrypted": MANY, "total": MANY}
    key_file().unlink()
    check(manager)


def test_a_new_key_in_the_key_file(manager, store):
    store()
    before = key_file().read_text()
    assert json.loads(command("--new-key", "--json"))["encrypted"] == MANY
    after = key_file().read_text()
    assert before not in after
    assert len(after.split()) == 1
    check(manager)
    assert json.loads(command("--json")) == {"encrypted": 0, "total": MANY}
    assert key_file().read_text() == after


def test_no_new_key_beside_a_secret(manager, monkeypatch):
    monkeypatch.setenv("VOICEGW_SECRET", new_key())
    with pytest.raises(SecretError, match="without --new-key"):
        rotate(manager.store, actor="cli", new_key=True)


@pytest.mark.parametrize("after", [1, 2])
def test_a_rotation_that_was_killed_is_finished_by_the_next(manager, store, monkeypatch, after):
    old = new_key()
    monkeypatch.setenv("VOICEGW_SECRET", old)
    filled = store()
    monkeypatch.setenv("VOICEGW_SECRET", new_key())
    monkeypatch.setenv("VOICEGW_SECRET_FALLBACK", old)
    done = killed(after=after)
    assert 0 < done < MANY
    assert current(filled) == done
    check(manager)
    assert json.loads(command("--json")) == {"encrypted": MANY - done, "total": MANY}
    monkeypatch.delenv("VOICEGW_SECRET_FALLBACK")
    check(manager)


def test_a_new_key_whose_rotation_was_killed_is_kept(manager, store):
    filled = store()
    done = killed("--new-key")
    keys = key_file().read_text().split()
    assert len(keys) == 2
    check(manager)
    assert json.loads(command("--new-key", "--json"))["encrypted"] == MANY - done
    assert key_file().read_text().split() == keys[:1]
    assert current(filled) == MANY
    check(manager)


def test_one_that_cannot_be_decrypted_stops_it_before_it_begins(manager, store, monkeypatch):
    filled = store()
    monkeypatch.setenv("VOICEGW_SECRET", new_key())
    key_file().rename(key_file().with_name("elsewhere"))
    before = [row.sealed for row in filled.rows()]
    with pytest.raises(SecretError, match="VOICEGW_SECRET_FALLBACK"):
        rotate(filled, actor="cli")
    assert [row.sealed for row in filled.rows()] == before


def test_the_command_says_so_in_one_line(manager, store, monkeypatch, tmp_path):
    store()
    key_file().chmod(0o644)
    done = subprocess.run(
        [sys.executable, "-c", "from voicegateway.cli import main; main()", "rotate-secret"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("voicegw: The key file")
    assert done.stderr.count("\n") == 1
