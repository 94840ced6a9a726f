"""Several processes on one file, and processes that are killed."""

from __future__ import annotations

import random
import time

import ledger_kit as kit

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import logs, open_reader


def last_number(lines: str) -> int:
    return int(lines.split().pop()) if lines.split() else 0


def check_hammered(path, name: str, flushed: int) -> None:
    """Nothing that was flushed is missing, and what was left open is abandoned once."""
    found = dict(kit.rows(path, "SELECT call_id, outcome FROM attempts"))
    for number in range(flushed):
        wanted = 1 if number % 5 else 4
        assert found[f"{name}-{number}"] == wanted, number


def settle_the_dead(path) -> None:
    survivor = open_ledger(path)
    survivor.start()
    kit.until(lambda: kit.rows(path, "SELECT COUNT(*) FROM open_attempts") == [(0,)])
    survivor.close()


def test_killed_under_load(path) -> None:
    chance = random.Random(5)
    for round_ in range(3):
        name = f"round{round_}"
        with kit.start("hammer", path, name, 10**9) as process:
            assert process.stdout.readline()
            time.sleep(chance.uniform(0.05, 0.4))
            process.kill()
            flushed = max(100, last_number(process.stdout.read()))
        assert kit.rows(path, "PRAGMA integrity_check") == [("ok",)]
        settle_the_dead(path)
        check_hammered(path, name, flushed)
    kit.check_rollups(path)


def test_two_processes_write_one_file(path) -> None:
    names = ("left", "right")
    processes = [kit.start("hammer", path, name, 3000) for name in names]
    for process in processes:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert last_number(out) == 3000
    settle_the_dead(path)  # what one could not settle itself because the other was writing
    for name in names:
        check_hammered(path, name, 3000)
    assert kit.check_rollups(path) == 6000


def test_four_processes_make_one_new_file(path) -> None:
    processes = [kit.start("append_once", path) for _ in range(4)]
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert kit.check_rollups(path) == 4


def test_a_reader_sees_what_a_killed_process_left(path) -> None:
    with kit.start("hammer", path, "only", 10**9) as process:
        process.stdout.readline()
        process.kill()
        process.communicate()
    # The journal is still there, unfinished; nobody has opened the file for writing since.
    assert path.with_name(path.name + "-wal").stat().st_size
    with open_reader(path) as reader:
        seen = {row.call_id for row in logs(reader, limit=10**6).rows}
    assert {f"only-{number}" for number in range(100)} <= seen
