"""Where the key is from, who may read its file, and what is said when it is the wrong one."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from voicegateway.core.crypto import new_key, open_keyring
from voicegateway.core.key_file import key_file
from voicegateway.errors import SecretError

CANARY = "sk-canary-0123456789abcdef"
PASSPHRASE = "correct horse battery staple"
PROGRAMS = Path(__file__).parent / "programs"


def salt():
    return b"sixteen bytes at"


def keys(**options):
    return open_keyring(salt, **options)


def test_a_key_file_is_made_for_its_owner_alone():
    token = keys(create=True).encrypt(CANARY)
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert [path.name for path in key_file().parent.iterdir()] == ["voicegw.key"]
    assert keys().decrypt(token, "x") == CANARY
    assert CANARY not in token


def test_reading_makes_no_key_file():
    with pytest.raises(SecretError, match="set VOICEGW_SECRET"):
        keys()
    assert not key_file().exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666, 0o620])
def test_a_wider_key_file_is_refused(mode):
    keys(create=True)
    key_file().chmod(mode)
    with pytest.raises(SecretError, match="chmod 600") as refused:
        keys()
    assert key_file().read_text().strip() not in str(refused.value)


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="needs to be root")
def test_somebody_elses_key_file_is_refused():
    keys(create=True)
    os.chown(key_file(), 12345, -1)
    with pytest.raises(SecretError, match="belongs to another user"):
        keys()


def test_an_empty_or_damaged_key_file_is_one_error():
    keys(create=True)
    key_file().write_text("\n")
    with pytest.raises(SecretError, match="is empty"):
        keys()
    key_file().write_text("no key at all\n")
    with pytest.raises(SecretError, match="no Fernet key"):
        keys()


def test_processes_that_make_the_key_file_at_once_agree(home):
    running = [
        subprocess.Popen(
            [sys.executable, PROGRAMS / "encrypt.py", CANARY], stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    tokens = [one.communicate()[0].strip() for one in running]
    assert [one.returncode for one in running] == [0] * 6
    assert {keys().decrypt(token, "x") for token in tokens} == {CANARY}
    assert [path.name for path in key_file().parent.iterdir()] == ["voicegw.key"]


@pytest.mark.parametrize("secret", [new_key(), PASSPHRASE], ids=["key", "passphrase"])
def test_the_secret_comes_before_the_file(monkeypatch, secret):
    earlier = keys(create=True).encrypt(CANARY)
    monkeypatch.setenv("VOICEGW_SECRET", secret)
    token = keys(create=True).encrypt(CANARY)
    assert keys().decrypt(earlier, "x") == CANARY  # until it is rotated
    assert (keys().is_current(token), keys().is_current(earlier)) == (True, False)
    key_file().unlink()
    assert keys().decrypt(token, "x") == CANARY


def test_earlier_secrets_are_only_read_with(monkeypatch):
    first, second = new_key(), PASSPHRASE
    tokens = []
    for secret in (first, second):
        monkeypatch.setenv("VOICEGW_SECRET", secret)
        tokens.append(keys().encrypt(CANARY))
    monkeypatch.setenv("VOICEGW_SECRET", new_key())
    monkeypatch.setenv("VOICEGW_SECRET_FALLBACK", f" {first}, {second},")
    assert [keys().decrypt(token, "x") for token in tokens] == [CANARY, CANARY]
    assert [keys().is_current(token) for token in tokens] == [False, False]


def test_a_wrong_secret_is_one_error_that_says_what_to_set(monkeypatch):
    monkeypatch.setenv("VOICEGW_SECRET", PASSPHRASE)
    token = keys().encrypt(CANARY)
    monkeypatch.setenv("VOICEGW_SECRET", "another long passphrase")
    with pytest.raises(SecretError, match=r"provider 'acme'.*VOICEGW_SECRET") as refused:
        keys().decrypt(token, "the managed provider 'acme'")
    assert "another long" not in str(refused.value)
    with pytest.raises(SecretError):
        keys().decrypt(token[:-4], "x")


@pytest.mark.parametrize("secret", ["tiny-one", "x" * 11, "a,passphrase with commas"])
def test_a_secret_that_is_none_is_refused(monkeypatch, secret):
    monkeypatch.setenv("VOICEGW_SECRET", secret)
    with pytest.raises(SecretError, match="VOICEGW_SECRET") as refused:
        keys()
    assert secret not in str(refused.value)


def test_a_passphrase_means_another_key_under_another_salt(monkeypatch):
    monkeypatch.setenv("VOICEGW_SECRET", PASSPHRASE)
    token = keys().encrypt(CANARY)
    with pytest.raises(SecretError):
        open_keyring(lambda: b"another salt 16b").decrypt(token, "x")


def test_a_keyring_shows_nothing(monkeypatch):
    monkeypatch.setenv("VOICEGW_SECRET", PASSPHRASE)
    assert PASSPHRASE not in repr(keys())
    assert repr(keys()) == "Keyring(...)"
