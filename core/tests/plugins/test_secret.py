"""A secret is shown to whoever asks for it by name, and to nobody else."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import traceback
from pprint import pformat

import pytest

from voicegateway.types import ProviderSettings, Secret

VALUE = "secret-canary-12345"
SECRET = Secret(VALUE)
SETTINGS = ProviderSettings("acme", SECRET, extra={"second_key": VALUE})

SHOWN = {
    "str": lambda: str(SECRET),
    "repr": lambda: repr(SECRET),
    "ascii": lambda: ascii(SECRET),
    "format": lambda: f"{SECRET}",
    "format with a conversion": lambda: f"{SECRET!r} {SECRET!s} {SECRET!a}",
    "format with a width": lambda: f"{SECRET:>40}|{SECRET:.6}|{SECRET:x<30}",
    "debug format": lambda: f"{SECRET=} {SETTINGS=}",
    "str.format": lambda: "{0} {0!r} {0:>40}".format(SECRET),  # noqa: UP032
    "percent": lambda: "%s %r %a" % (SECRET, SECRET, SECRET),  # noqa: UP031
    "in a list": lambda: str([SECRET]) + repr({"key": SECRET}) + pformat({"key": [SECRET]}),
    "settings": lambda: str(SETTINGS) + repr(SETTINGS) + pformat(SETTINGS),
    "as a dict of the key": lambda: str(dataclasses.asdict(SETTINGS)["api_key"]),
    "json with a default": lambda: json.dumps({"key": SECRET}, default=str),
    "type error of a sum": lambda: error_of(lambda: SECRET + ""),
    "error that holds it": lambda: str(KeyError(SECRET)) + repr(ValueError("bad key", SECRET)),
}
REFUSED = {
    "json": lambda: json.dumps({"key": SECRET}),
    "pickle": lambda: pickle.dumps(SECRET),
    "pickle of settings": lambda: pickle.dumps(SETTINGS),
    "oldest pickle": lambda: pickle.dumps(SECRET, protocol=0),
    "vars": lambda: vars(SECRET),
    "vars of settings": lambda: vars(SETTINGS),
    "state": SECRET.__getstate__,
    "iteration": lambda: list(SECRET),
    "length": lambda: len(SECRET),
    "number": lambda: "%d" % SECRET,  # noqa: UP031
    "concatenation": lambda: "key " + SECRET,
}


def error_of(call) -> str:
    try:
        call()
    except TypeError as error:
        return "".join(traceback.format_exception(error))
    raise AssertionError("no error")


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_what_is_shown_is_the_mask(show):
    assert "canary" not in show()


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_what_would_need_the_value_is_refused_without_telling_it(call):
    with pytest.raises(TypeError) as caught:
        call()
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_a_log_shows_the_mask(caplog):
    caplog.set_level(logging.DEBUG)
    try:
        raise ValueError(SECRET, SETTINGS)
    except ValueError:
        logging.getLogger("acme").exception("the key %s of %r", SECRET, SETTINGS)
    logging.getLogger("acme").debug("key %(key)s", {"key": SECRET})
    assert "canary" not in caplog.text
    assert "secr...2345" in caplog.text


def test_a_traceback_that_shows_locals_shows_the_mask():
    def connect(key: Secret) -> None:
        settings = ProviderSettings("acme", key)
        raise ConnectionError(f"refused {settings}")

    try:
        connect(SECRET)
    except ConnectionError as error:
        shown = "".join(
            traceback.TracebackException.from_exception(error, capture_locals=True).format()
        )
    assert "settings = ProviderSettings" in shown
    assert "canary" not in shown


@pytest.mark.parametrize(
    ("value", "mask"),
    [
        ("secret-canary-12345", "secr...2345"),
        ("secrxxxx2345", "secr...2345"),
        ("secrxxx2345", "***********"),
        ("x", "*"),
        ("", ""),
        ("schlüsselwörter", "schl...rter"),
    ],
)
def test_the_mask(value, mask):
    assert str(Secret(value)) == mask
    assert repr(Secret(value)) == f"Secret({mask!r})"
    assert f"{Secret(value):>20}" == f"{mask:>20}"


def test_the_value_is_there_for_who_asks():
    assert SECRET.reveal() == VALUE


def test_copies_are_the_secret_itself():
    for copied in (copy.copy(SECRET), copy.deepcopy(SECRET), copy.deepcopy(SETTINGS).api_key):
        assert copied is SECRET
    assert dataclasses.asdict(SETTINGS)["api_key"] is SECRET
    assert dataclasses.replace(SETTINGS, base_url="x").api_key is SECRET


def test_equality_is_by_value_and_among_secrets_only():
    assert Secret(VALUE) == SECRET
    assert hash(Secret(VALUE)) == hash(SECRET)
    assert Secret("another") != SECRET
    assert SECRET != VALUE


@pytest.mark.parametrize("value", [None, 12345, b"bytes", Secret("nested")])
def test_only_text_is_a_secret(value):
    with pytest.raises(TypeError, match=f"given a {type(value).__name__}$"):
        Secret(value)
