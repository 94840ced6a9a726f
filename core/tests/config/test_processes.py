"""Managed resources and several processes: one wins, nothing is lost, and what was killed either
happened with its line in the audit log or did not happen."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"


def start(program, *arguments):
    command = [sys.executable, PROGRAMS / f"{program}.py", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_of_two_that_create_at_once_one_wins(manager):
    manager.create("project", "first", {}, actor="test")  # so that both begin at once
    running = [start("create", 15, name) for name in ("ann", "bob")]
    said = [one.communicate()[0].split() for one in running]
    assert [one.returncode for one in running] == [0, 0]
    for both in zip(*said, strict=True):
        assert sorted(both) == ["PROJECT_ALREADY_EXISTS", "made"]
    audit = {one.resource: one.actor for one in manager.audit_log(1000)}
    owners = {one.id: one.entry.name for one in manager.list("project") if one.id[:2] == "p-"}
    assert len(owners) == 15
    assert {name: audit[name] for name in owners} == owners
    assert len(manager.audit_log(1000)) == 16


def test_of_two_that_update_at_once_none_is_lost(manager):
    manager.create("project", "p", {"name": "kept"}, actor="test")
    running = [start("update", 15, name) for name in ("ann", "bob")]
    assert [one.wait() for one in running] == [0, 0]
    for one in running:
        one.stdout.close()
    log = [one for one in manager.audit_log(1000) if one.action == "update"]
    assert Counter(one.actor for one in log) == {"ann": 15, "bob": 15}
    for newer, older in itertools.pairwise(log):
        assert newer.before_json == older.after_json
    assert manager.get("project", "p").entry.name == "kept"


# A change is three statements (the row, its line in the log, what followers are told) and a commit.
@pytest.mark.parametrize("statements", [1, 2, 3, 4])
@pytest.mark.parametrize("action", ["create", "update", "delete"])
def test_what_is_killed_happened_with_its_line_or_not_at_all(manager, action, statements):
    manager.create("project", "other", {}, actor="test")
    if action != "create":
        manager.create("project", "p", {"name": "old"}, actor="test")
    before = len(manager.audit_log())
    with start("die", action, statements) as running:
        assert running.wait() == -9
    names = {one.id: one.entry.name for one in manager.list("project")}
    done = {"create": names.get("p") == "new", "update": names.get("p") == "new",
            "delete": "p" not in names}[action]  # fmt: skip
    assert done is (statements == 4)
    assert len(manager.audit_log()) == before + done
    if done:
        assert manager.audit_log()[0].action == action
