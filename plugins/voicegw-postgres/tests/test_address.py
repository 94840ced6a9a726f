"""URLs, and the password in them."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback

import pytest
from server import PASSWORD, USER, Server

from voicegateway.core.engines import engine_factory
from voicegateway.errors import LedgerError
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import open_reader
from voicegateway.testing.conformance.place import until
from voicegateway.testing.conformance.records import many
from voicegw_postgres.engine import PostgresEngine, postgres_engine


def engine(url: str) -> PostgresEngine:
    return postgres_engine(url, durability="process")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "PostgreSQL"])
def test_the_core_finds_it_by_scheme(url: str, scheme: str) -> None:
    target = scheme + url.removeprefix("postgresql")
    factory = engine_factory(target)
    assert factory is postgres_engine
    ledger = open_ledger(target, engine_factory=factory)
    for record in many(5):
        ledger.append(record)
    assert ledger.flush(30)
    ledger.close()
    assert ledger.stats().committed == 5


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://ann:pw@db.example/calls", "postgresql://ann@db.example/calls"),
        ("postgresql://ann@db:6432/calls?sslmode=require", "postgresql://ann@db:6432/calls"),
        ("postgresql://a:1@h1:1,h2:2/calls", "postgresql://a@h1:1,h2:2/calls"),
        ("postgresql://h1,h2:5433/calls", "postgresql://h1,h2:5433/calls"),
        ("postgresql://[::1]/calls?schema=a%20b", "postgresql://[::1]/calls?schema=a%20b"),
        ("postgresql:///calls?host=/run/pg&password=pw", "postgresql://%2Frun%2Fpg/calls"),
        ("postgresql://ann@h/calls?schema=x&password=pw", "postgresql://ann@h/calls?schema=x"),
    ],
)
def test_its_name_has_everything_but_the_password(url: str, name: str) -> None:
    assert engine(url).name.replace("/run/pg", "%2Frun%2Fpg") == name
    assert "pw" not in repr(engine(url))


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ann:{PASSWORD}%zz@host/db",
        f"postgresql://ann:{PASSWORD}@host:notaport/db?nonsense=1",
        f"postgresql://ann:{PASSWORD}@[::1/db",
        f"postgresql://ann:{PASSWORD}@host/db?schema=",
        f"mysql://ann:{PASSWORD}@host/db",
    ],
)
def test_a_url_that_cannot_be_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(LedgerError) as refused:
        engine(url)
    assert PASSWORD not in "".join(traceback.format_exception(refused.value))


def test_the_password_is_never_shown(server: Server, caplog, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = server.url("postgres", password=PASSWORD + "-wrong")
    missing = server.url("no_such_database")
    nobody = server.url("postgres").replace(str(server.port), "1")
    for url, part in ((wrong, "password"), (missing, "not exist"), (nobody, "refused")):
        ledger = open_ledger(url, engine_factory=postgres_engine)
        for record in many(3):
            ledger.append(record)
        until(lambda ledger=ledger: ledger.stats().last_error)
        assert part in ledger.stats().last_error
        with pytest.raises(LedgerError) as failed:
            open_reader(url, engine_factory=postgres_engine)
        shown = "".join(traceback.format_exception(failed.value)) + repr(ledger.stats())
        assert PASSWORD not in shown
        ledger.close(timeout=1)
    out, err = capfd.readouterr()
    assert PASSWORD not in caplog.text + out + err


def test_the_command_line_reads_it(server: Server, url: str, tmp_path) -> None:
    ledger = open_ledger(url, engine_factory=postgres_engine)
    for record in many(7):
        ledger.append(record)
    assert ledger.flush(30)
    ledger.close()
    for target, status in ((url, 0), (url.replace(USER, "stranger"), 2)):
        done = subprocess.run(
            [sys.executable, "-c", "from voicegateway.cli import main; main()", "costs", "--json"],
            env={"VOICEGW_DB_PATH": target, "HOME": str(tmp_path), "PATH": ""},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert PASSWORD not in done.stdout + done.stderr
