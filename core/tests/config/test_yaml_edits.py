"""Programs may change keys of a YAML file and leave the rest of it as its author wrote it."""

from __future__ import annotations

import os
import stat
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicegateway.core.config import load_config, parse_config
from voicegateway.core.yaml_edits import DELETE, Edit, edit_file, edited
from voicegateway.errors import ConfigError

TEXT = """\
# Our gateway. Ask Ann before changing it.

default_project: "shop"   # in quotes

providers:
  acme:
    api_key: ${ACME_KEY:-none}   # from the vault
    base_url: 'http://localhost:1234/v1'

# Two shops
projects:
  shop:
    daily_budget: 5.00  # dollars
    tags:
      - one   # first
      - 'two'
  other: {name: Other, tags: [x, y]}
"""


def lines_changed(before, after):
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_one_key_changes_and_nothing_else(yaml, manager):
    path = yaml(TEXT)
    manager.edit_yaml(Edit(("projects", "shop", "daily_budget"), 7.5))
    gone, come = lines_changed(TEXT, path.read_text())
    assert gone == ["    daily_budget: 5.00  # dollars"]
    assert come == ["    daily_budget: 7.5   # dollars"]
    assert load_config().config.projects["shop"].daily_budget == 7.5


def test_no_edit_changes_no_byte(tmp_path):
    assert edited(TEXT, [], tmp_path) == TEXT


def test_sections_are_made_and_keys_taken_away(yaml, manager):
    path = yaml(TEXT)
    manager.edit_yaml(
        Edit(("cost_tracking", "timezone"), "Europe/Paris"),
        Edit(("projects", "other"), DELETE),
        Edit(("rate_limits", "acme"), DELETE),
        Edit(("providers", "acme", "base_url"), DELETE),
    )
    gone, come = lines_changed(TEXT, path.read_text())
    assert gone == [
        "    base_url: 'http://localhost:1234/v1'",
        "  other: {name: Other, tags: [x, y]}",
    ]
    assert come == ["cost_tracking:", "  timezone: Europe/Paris"]


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("a:\n  b: 1  # b\n\n# c\nc: 2\n", ("a", "b"), "a:\n  {}\n\n# c\nc: 2\n"),
        ("a:\n- 1\n- 2\n# c\nc: 2\n", ("a",), "# c\nc: 2\n"),
        ("a: |\n  text\n\n  more\n# c\nc: 2\n", ("a",), "# c\nc: 2\n"),
        ("a: {b: 1, c: 2}\n# d\nd: 1\n", ("a", "b"), "a: {c: 2}\n# d\nd: 1\n"),
        ("a: {b: 1}\n", ("a", "c"), "a: {b: 1}\n"),
        ('a: "two\nlines"\nc: 2\n', ("a",), "c: 2\n"),
    ],
)
def test_what_follows_a_deleted_key_stays(tmp_path, before, path, after):
    assert edited(before, [Edit(path, DELETE)], tmp_path) == after


@pytest.mark.parametrize("text", ["", "# only a remark", "# only a remark\n", "{}\n"])
def test_an_empty_file_is_filled(yaml, manager, text):
    path = yaml(text)
    manager.edit_yaml(Edit(("default_project",), "shop"))
    assert load_config().config.default_project == "shop"
    assert path.read_text().startswith(text.replace("{}\n", ""))


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (Edit(("projects", "shop", "daily_budget"), -1), "projects.shop.daily_budget"),
        (Edit(("projects", "shop", "daily_budgt"), 1), "did you mean 'daily_budget'"),
        (Edit(("projects", "shop", "default_stack"), "nope"), "no stack 'nope'"),
        (Edit(("providers", "acme", "api_key"), "${NO_SUCH}"), "NO_SUCH"),
        (Edit(("default_project", "x"), "y"), "default_project holds no keys"),
    ],
)
def test_what_would_be_no_config_is_refused(yaml, manager, edit, expected):
    path = yaml(TEXT)
    with pytest.raises(ConfigError, match=expected):
        manager.edit_yaml(Edit(("default_project",), "other"), edit)
    assert path.read_text() == TEXT
    assert [one.name for one in path.parent.iterdir()] == ["voicegw.yaml"]


def test_mode_and_link_are_kept(yaml, manager, tmp_path):
    path = yaml(TEXT)
    real = tmp_path / "real.yaml"
    path.rename(real)
    path.symlink_to(real)
    real.chmod(0o640)
    manager.edit_yaml(Edit(("default_project",), "other"))
    assert path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert load_config(real).config.default_project == "other"


def test_an_edit_of_somebody_elses_meanwhile_is_not_lost(yaml, monkeypatch):
    path = yaml(TEXT)
    chmod, others = os.chmod, iter(["\nlatency: {ttfb_warning_ms: 1}\n"])

    def slow_chmod(place, mode, **options):
        with path.open("a") as file:  # just before the file would be replaced
            file.write(next(others, ""))
        chmod(place, mode, **options)

    monkeypatch.setattr(os, "chmod", slow_chmod)
    edit_file(path, [Edit(("default_project",), "other")])
    config = load_config().config
    assert (config.default_project, config.latency.ttfb_warning_ms) == ("other", 1)


def test_without_a_file_there_is_nothing_to_edit(yaml, manager):
    yaml("").unlink()
    with pytest.raises(ConfigError, match="voicegw init"):
        manager.edit_yaml(Edit(("default_project",), "x"))


words = st.text(string.ascii_letters + string.digits + " #'", max_size=12)
remarks = st.text(string.ascii_letters + " #:'\"[]{}", min_size=1, max_size=20).map(str.strip)
ids = st.just("x") | st.text(string.ascii_lowercase, max_size=6).map("p{}".format)


@given(
    st.dictionaries(ids, st.tuples(words, remarks), min_size=1, max_size=5),
    words.map(str.strip),
    st.integers(2, 6),
)
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_comments_order_and_quotes_survive_any_edit(tmp_path, projects, name, step):
    pad = " " * step
    lines = ["# The head of it", "projects:"]
    for project, (text, remark) in projects.items():
        quoted = text.replace("'", "''")
        lines += [
            f"{pad}# {remark}",
            f"{pad}{project}:",
            f"{pad * 2}description: '{quoted}'  # {remark}",
        ]
    before = "\n".join(lines) + "\n"
    after = edited(before, [Edit(("default_project",), "x"), Edit(("projects", "x", "name"), name)],
                   tmp_path)  # fmt: skip
    kept = [line for line in after.splitlines() if line in lines]
    assert kept == [line for line in lines if line in kept]
    assert set(lines) - set(kept) <= ({f"{pad}x:"} if "x" in projects else set())
    config = parse_config(after, tmp_path).config
    assert config.projects["x"].name == name
    assert {one: config.projects[one].description for one in projects} == {
        one: text for one, (text, _) in projects.items()
    }
