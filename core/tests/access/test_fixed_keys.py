"""Keys of the config file and of the environment, and how guesses are slowed."""

from __future__ import annotations

import logging

import pytest

from voicegateway.core.access import Scope, open_access
from voicegateway.core.access.authenticator import Authenticator
from voicegateway.core.access.fixed import fixed_keys
from voicegateway.core.access.hashing import hash_token
from voicegateway.core.access.throttle import Throttle
from voicegateway.core.config import validate
from voicegateway.errors import ConfigError, TooManyAttemptsError

LONG = "a-token-of-more-than-thirty-two-characters"
SHORT = "hunter2"


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def opened(store, clock=None, environ=(), **entries):
    auth = validate({"auth": {"api_keys": list(entries.values())}}).auth
    return Authenticator(store, fixed_keys(auth, dict(environ)), Throttle(clock or Clock()))


def key(name="Ann", scopes=("read",), **how):
    return {"name": name, "scopes": list(scopes), **how}


def test_a_token_of_the_config_and_one_that_is_hashed(store):
    access = opened(
        store,
        a=key(token=LONG, scopes=["write"]),
        b=key(name="Bob", hash=hash_token("of Bob"), scopes=["admin"]),
    )
    assert access.verify(LONG).scopes == {Scope.READ, Scope.WRITE}
    assert access.verify("of Bob").name == "Bob"
    assert access.recall("of Bob").key == "config:1"
    assert access.verify("of Carol") is None
    assert access.required
    assert access.usable


def test_keys_of_the_environment(store):
    access = opened(store, environ={"VOICEGW_API_KEY": LONG, "VOICEGW_MCP_TOKEN": f" {SHORT}\n"})
    assert (access.verify(LONG).name, len(access.verify(LONG).scopes)) == ("environment", 3)
    assert access.verify(SHORT).scopes == {Scope.READ, Scope.WRITE}
    assert not opened(store, environ={"VOICEGW_API_KEY": "", "VOICEGW_MCP_TOKEN": " "}).required


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (key(), "either hash or token"),
        (key(token="x", hash=hash_token("x")), "either hash or token"),
        (key(token=""), "empty key"),
        (key(hash="canary-key"), "voicegw keys hash"),
        (key(token="x", scopes=[]), "needs scopes"),
        (key(token="x", scopes=["root"]), "scopes"),
        (key(name="", token="x"), "name"),
        (key(tokn="canary-key"), "did you mean 'token'"),
    ],
)
def test_what_a_config_may_not_say(entry, expected):
    with pytest.raises(ConfigError) as refused:
        validate({"auth": {"api_keys": [entry]}})
    assert expected in str(refused.value)
    assert "canary-key" not in str(refused.value)


@pytest.mark.parametrize("origin", ["*", "https://a.example/", "a.example", "HTTPS://a.example"])
def test_an_origin_is_what_a_browser_sends(origin):
    with pytest.raises(ConfigError, match="origin"):
        validate({"server": {"cors_origins": [origin]}})


def test_a_short_key_is_warned_of_without_its_text(store, caplog):
    config = validate({"auth": {"api_keys": [key(token=SHORT), key(name="Bob", token=LONG)]}})
    with caplog.at_level(logging.WARNING):
        open_access(config)
    assert "'Ann'" in caplog.text
    assert "Bob" not in caplog.text
    assert SHORT not in caplog.text


def test_guesses_are_slowed_by_address(store):
    clock = Clock()
    access = opened(store, clock, a=key(token=SHORT))
    for number in range(10):
        assert access.verify(f"guess {number}", "198.51.100.1") is None
    with pytest.raises(TooManyAttemptsError) as refused:
        access.verify("guess", "198.51.100.1")
    assert 0 < refused.value.retry_after <= 6
    with pytest.raises(TooManyAttemptsError):  # else the right one could be told
        access.verify(SHORT, "198.51.100.1")
    assert access.verify(SHORT, "198.51.100.2") is not None
    clock.now += refused.value.retry_after
    assert access.verify(SHORT, "198.51.100.1") is not None


def test_who_has_a_key_is_not_locked_out_by_guesses_from_the_same_address(store, made):
    ann = made("read")
    access = opened(store, a=key(token=SHORT), b=key(name="Bob", token=LONG))
    assert access.verify(SHORT, "198.51.100.1") is not None
    for number in range(40):
        try:
            access.verify(f"guess {number}", "198.51.100.1")
        except TooManyAttemptsError:
            assert number >= 10
    for token in (ann.token, LONG, SHORT):  # a key of the store although it was never used before
        assert access.verify(token, "198.51.100.1") is not None
        assert access.recall(token, "198.51.100.1") is not None


def test_an_ipv6_client_has_one_network(store):
    access = opened(store, a=key(token=SHORT))
    for number in range(10):
        access.verify("guess", f"2001:db8::{number:x}")
    with pytest.raises(TooManyAttemptsError):
        access.verify("guess", "2001:db8::ffff")
    assert access.verify("guess", "2001:db8:0:1::1") is None


def test_guesses_from_everywhere_are_slowed_and_lock_nobody_out(store):
    access = opened(store, a=key(token=SHORT))
    for number in range(300):
        access.verify("guess", f"10.0.{number // 250}.{number % 250}")
    with pytest.raises(TooManyAttemptsError):
        access.verify("guess", "10.0.0.0")
    assert access.verify(SHORT, "198.51.100.1") is not None


def test_addresses_are_forgotten(store):
    throttle = Throttle(Clock())
    for number in range(10_001):
        throttle.failed(f"client {number}")
    assert len(throttle._by_address) == 10_000
