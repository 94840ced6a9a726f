"""What PostgreSQL does differently, and what becomes of it."""

from __future__ import annotations

import threading

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from server import Server

from voicegateway.errors import LedgerError
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import open_reader
from voicegateway.testing import LedgerPlace
from voicegateway.testing.conformance.place import until
from voicegateway.testing.conformance.records import many
from voicegateway.testing.conformance.truth import checked_rows
from voicegw_postgres.arrays import int_array, text_array
from voicegw_postgres.engine import postgres_engine
from voicegw_postgres.statements import batch_of, listed_in, numbered
from voicegw_postgres.text import from_wire, to_wire


def write(url: str, count: int = 5, seed: int = 1, **options: object) -> None:
    ledger = open_ledger(url, engine_factory=postgres_engine, **options)
    for record in many(count, seed=seed):
        ledger.append(record)
    until(lambda: ledger.stats().committed == count)
    ledger.close()


@given(st.text(st.characters()))
def test_any_text_travels(text: str) -> None:
    wired = to_wire(text)
    assert "\x00" not in wired
    wired.encode("utf-8")
    assert from_wire(wired) == text


@settings(max_examples=50, deadline=None)
@given(st.lists(st.none() | st.text(st.characters()), max_size=5))
def test_any_array_of_texts_arrives(server: Server, values: list) -> None:
    with psycopg.connect(server.url("postgres"), client_encoding="UTF8") as raw:
        (found,) = raw.execute("SELECT %s::text[]", (text_array(values),)).fetchone()
    assert [None if one is None else from_wire(one) for one in found] == values


def test_integers_as_an_array() -> None:
    assert int_array([1, None, -(2**63)]) == "{1,NULL,-9223372036854775808}"


def test_statements() -> None:
    assert numbered("SELECT ? WHERE a = ?") == "SELECT $1 WHERE a = $2"
    insert = batch_of("INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT (a) DO NOTHING")
    assert insert.sql(["text", "bigint"]) == (
        "INSERT INTO t (a, b) SELECT * FROM unnest($1::text[], $2::bigint[]) "
        "ON CONFLICT (a) DO NOTHING"
    )
    delete = batch_of("DELETE FROM t WHERE a = ? AND b = ?")
    assert delete.columns == ("a", "b")
    assert batch_of("UPDATE t SET a = ? WHERE b = ?") is None


def test_a_long_list_becomes_arrays(url: str) -> None:
    connection = postgres_engine(url, durability="process").connect()
    for count in (1, 3, 4, 500):
        marks = ", ".join(["(?, ?)"] * count)
        sql = f"WITH w (a, b) AS (VALUES {marks}) SELECT a, b FROM w ORDER BY b"
        assert (listed_in(sql) is not None) == (count >= 4)
        rows = [(f"it's \x00 {index}", index) for index in range(count)]
        params = [value for row in rows for value in row]
        assert connection.execute(sql, params) == rows
    assert listed_in("WITH w (a) AS (VALUES (?), (?), (?), (?)) SELECT ?") is None
    connection.close()


def test_no_statement_is_left_prepared(server: Server, url: str) -> None:
    connection = postgres_engine(url, durability="process").connect()
    for _ in range(20):
        connection.execute("SELECT ?", (1,))
        connection.change_many("DELETE FROM pg_temp.x WHERE a = ?", [])
    assert connection.execute("SELECT name FROM pg_prepared_statements") == []
    connection.close()
    connection.close()


@pytest.mark.parametrize(("durability", "setting"), [("process", "off"), ("power", "on")])
def test_power_overrules_a_role_that_does_not_wait_for_the_disk(
    server: Server, url: str, durability: str, setting: str
) -> None:
    server.sql(f"ALTER DATABASE {url.rpartition('/')[2]} SET synchronous_commit = off")
    connection = postgres_engine(url, durability=durability).connect()
    connection.begin_write()
    assert connection.execute("SHOW synchronous_commit") == [(setting,)]
    connection.rollback()
    connection.close()


def test_a_transaction_that_failed_does_not_commit(url: str) -> None:
    connection = postgres_engine(url, durability="process").connect()
    connection.begin_write()
    with pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM nothing")
    with pytest.raises(psycopg.Error):
        connection.commit()
    connection.rollback()
    assert connection.execute("SELECT 1") == [(1,)]
    connection.close()


def test_a_stream_outside_and_inside_a_transaction(url: str) -> None:
    connection = postgres_engine(url, durability="process").connect_reader()
    sql = "SELECT n FROM generate_series(1, ?) n"
    assert sum(row[0] for row in connection.stream(sql, (5000,))) == 12_502_500
    connection.begin_read()
    first, second = connection.stream(sql, (5000,)), connection.stream(sql, (3,))
    assert next(first) == (1,)
    assert list(second) == [(1,), (2,), (3,)]
    assert len(list(first)) == 4999
    connection.rollback()
    connection.close()


def test_writers_wait_for_an_exclusive_transaction(url: str) -> None:
    engine = postgres_engine(url, durability="process")
    first, second, third = (engine.connect() for _ in range(3))
    first.begin_write()
    second.begin_write()  # they overlap
    first.commit()
    second.commit()
    first.begin_exclusive()
    began = threading.Event()
    waiting = threading.Thread(target=lambda: (third.begin_write(), began.set(), third.commit()))
    waiting.start()
    assert not began.wait(0.3)
    first.commit()
    assert began.wait(20)
    waiting.join()
    for connection in (first, second, third):
        connection.close()


def test_two_ledgers_in_one_database(server: Server, url: str) -> None:
    write(f"{url}?schema=one", 5)
    write(f"{url}?schema=two", 7)
    write(f"{url}?schema=one", 3, seed=2)
    assert checked_rows(LedgerPlace(f"{url}?schema=one", postgres_engine)) == 8
    assert checked_rows(LedgerPlace(f"{url}?schema=two", postgres_engine)) == 7
    assert server.sql("SELECT * FROM pg_tables WHERE schemaname = 'public'", url) == []


def test_tables_of_something_else_are_left_alone(server: Server, url: str) -> None:
    server.sql("CREATE TABLE sessions (token TEXT)", url)
    ledger = open_ledger(url, engine_factory=postgres_engine)
    ledger.append(many(1)[0])
    until(lambda: ledger.stats().last_error)
    assert "?schema=voicegw" in ledger.stats().last_error
    ledger.close(timeout=1)
    assert server.sql("SELECT * FROM sessions", url) == []
    write(f"{url}?schema=voicegw")


def test_a_database_that_cannot_hold_every_text(server: Server) -> None:
    url = server.new_database("ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(LedgerError, match="UTF8"):
        postgres_engine(url, durability="process").connect()


def test_rights_a_writer_and_a_reader_need(server: Server, url: str) -> None:
    write(url)
    database = url.rpartition("/")[2]
    for role, rights in (("writer", "SELECT, INSERT, UPDATE, DELETE"), ("reader", "SELECT")):
        server.sql(f"DROP ROLE IF EXISTS {role}")
        server.sql(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
        server.sql(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {role}", url)
    write(server.url(database, "writer", "x"), 3, seed=2)
    reader = server.url(database, "reader", "x")
    assert checked_rows(LedgerPlace(reader, postgres_engine)) == 8
    ledger = open_ledger(reader, engine_factory=postgres_engine)
    ledger.append(many(1, seed=3)[0])
    until(lambda: ledger.stats().last_error)
    assert "permission denied" in ledger.stats().last_error
    ledger.close(timeout=1)
    for role in ("writer", "reader"):
        server.sql(f"DROP OWNED BY {role}", url)


def test_an_idle_connection_that_was_cut_is_made_anew(server: Server, url: str) -> None:
    ledger = open_ledger(url, engine_factory=postgres_engine)
    for seed in (1, 2):
        for record in many(10, seed=seed):
            ledger.append(record)
        until(lambda seed=seed: ledger.stats().committed == 10 * seed)
        server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'voicegw'"
        )
    ledger.close()
    assert checked_rows(LedgerPlace(url, postgres_engine)) == 20


def test_a_reader_finds_its_way_back(server: Server, url: str) -> None:
    write(url)
    with open_reader(url, engine_factory=postgres_engine) as reader:
        server.stop()
        with pytest.raises(LedgerError, match="cannot be read"), reader.snapshot() as connection:
            connection.execute("SELECT 1")
        server.start()
        with reader.snapshot() as connection:
            assert connection.execute("SELECT COUNT(*) FROM attempts") == [(5,)]
