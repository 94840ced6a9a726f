"""Finding plugins: what it costs, and what damage around them it survives."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import zipfile
from pathlib import Path

import pytest

from voicegateway.core.registry import PluginStatus, Registry

NOT_UTF8 = b"[voicegw.providers]\nacme = voicegw_acm\xe9\n"
GARBAGE = bytes(range(256)) * 8
ENTRY = "[voicegw.providers]\nacme = voicegw_acme\n"


def warnings(caplog) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]


def listed(site) -> set[tuple[str, str, str]]:
    return {(r.provider, r.distribution, r.version) for r in site.rows(Registry())}


def test_discovery_imports_neither_plugins_nor_pluggy(site):
    site.add("voicegw-acme", provider="acme", module="raise SystemExit('imported')")
    done = site.run("""
        import json, sys
        from voicegateway.core.registry import Registry
        rows = Registry().records()
        heavy = ("voicegw_acme", "pluggy", "voicegateway.types", "livekit", "email.parser")
        print(json.dumps([[r.provider for r in rows], [m for m in heavy if m in sys.modules]]))
    """)
    assert done.stderr == ""
    providers, imported = json.loads(done.stdout)
    assert "acme" in providers
    assert imported == []


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"METADATA": None}, id="no METADATA"),
        pytest.param({"METADATA": "Metadata-Version: 2.3\nVersion: 1.2\n"}, id="no Name"),
        pytest.param({"METADATA": "Metadata-Version: 2.3\nName: voicegw-acme\n"}, id="no Version"),
        pytest.param({"METADATA": "Name: something-else\nVersion: 1.2\n"}, id="another Name"),
        pytest.param({"METADATA": GARBAGE}, id="garbage"),
        pytest.param({"METADATA": ""}, id="empty"),
        pytest.param({"METADATA": "\n\nName: voicegw-acme\nVersion: 1.2\n"}, id="all body"),
    ],
)
def test_damaged_metadata_costs_no_plugin_and_warns_once(site, caplog, files):
    folder = site.add("voicegw-acme", "1.2", provider="acme", files=files)
    site.add("voicegw-sound", provider="sound")
    site.installed.add("voicegw_acme")  # as the folder spells it

    assert listed(site) == {("acme", "voicegw_acme", "1.2"), ("sound", "voicegw-sound", "1.0")}
    assert listed(site)  # a second registry says nothing more
    assert warnings(caplog) == [f"{folder} has damaged METADATA: reinstall the distribution."]
    assert Registry().get("acme").version == "1.2"


@pytest.mark.parametrize("content", [NOT_UTF8, GARBAGE], ids=["not UTF-8", "garbage"])
def test_an_unreadable_list_of_entry_points_hides_no_other_plugin(site, caplog, content):
    folder = site.add("voicegw-acme", provider="acme", files={"entry_points.txt": content})
    site.add("voicegw-sound", provider="sound")

    assert listed(site) == listed(site) == {("sound", "voicegw-sound", "1.0")}
    (warning,) = warnings(caplog)
    assert str(folder) in warning
    assert "skipped" in warning


@pytest.mark.parametrize(
    ("line", "ignored"),
    [
        ("acme", True),
        ("= voicegw_acme", True),
        ("acme =", True),
        ("sound = voicegw_acme", True),  # a second `sound` in one file
        ("# acme = voicegw_acme", False),
        ("; acme = voicegw_acme", False),
        ("[half a section", False),
    ],
)
def test_a_malformed_entry_point_hides_no_other_line(site, caplog, line, ignored):
    text = f"[console_scripts]\nnonsense\n[voicegw.providers]\nsound = voicegw_acme\n{line}\n"
    folder = site.add("voicegw-acme", files={"entry_points.txt": text})

    assert listed(site) == listed(site) == {("sound", "voicegw-acme", "1.0")}
    expected = [f"{folder} has an entry point {line!r} that is ignored."] if ignored else []
    assert warnings(caplog) == expected


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="no such permissions here")
def test_a_file_that_may_not_be_read_hides_no_other_plugin(make_site):
    with tempfile.TemporaryDirectory() as folder:  # not below pytest's own, which only we may enter
        Path(folder).chmod(0o755)
        site = make_site(inside=Path(folder))
        site.add("voicegw-sound", provider="sound")
        (site.add("voicegw-shut", provider="shut") / "entry_points.txt").chmod(0)
        (site.add("voicegw-half", provider="half") / "METADATA").chmod(0)
        done = site.run("""
            import os
            from voicegateway.core.registry import Registry
            Registry().installed()  # what root alone may import is imported by now
            if os.geteuid() == 0:
                os.seteuid(65534)
            print({"sound", "half", "shut"} & set(Registry().installed()) == {"sound", "half"})
        """)
    assert done.stdout == "True\n"
    assert "voicegw_shut-1.0.dist-info cannot be read (PermissionError" in done.stderr
    assert "voicegw_half-1.0.dist-info has damaged METADATA" in done.stderr


def test_what_is_no_distribution_at_all_is_passed_over_in_silence(site, caplog):
    site.add("voicegw-sound", provider="sound")
    (site.folder / "empty-1.0.dist-info").mkdir()
    (site.folder / "file-1.0.dist-info").write_text("not a folder")
    (site.folder / "old-1.0.egg-info").write_text("Name: old\nVersion: 1.0\n")
    (site.folder / ".dist-info").mkdir()

    assert listed(site) == {("sound", "voicegw-sound", "1.0")}
    assert warnings(caplog) == []


def test_what_an_interrupted_uninstall_leaves_is_no_second_claim(site, registry):
    folder = site.add("voicegw-acme", "1.2", provider="acme")
    leftover = site.folder / "~oicegw_acme-1.1.dist-info"
    leftover.mkdir()
    for name in ("METADATA", "entry_points.txt"):
        (leftover / name).write_text((folder / name).read_text().replace("1.2", "1.1"))
    assert site.row(registry).status is PluginStatus.AVAILABLE


def test_an_egg_info_folder_offers_plugins_too(site, caplog):
    text = "Metadata-Version: 1.0\nName: voicegw-acme\nVersion: 1.2\n"
    site.add(
        "voicegw-acme",
        "1.2",
        provider="acme",
        files={"METADATA": None, "PKG-INFO": text},
        suffix="egg-info",
    ).rename(site.folder / "voicegw_acme.egg-info")  # as a development install names it
    assert listed(site) == {("acme", "voicegw-acme", "1.2")}
    assert warnings(caplog) == []


def test_a_wheel_on_the_path_offers_plugins_too(site, monkeypatch):
    folder = site.add("voicegw-acme", "1.2", provider="acme")
    wheel = site.folder / "voicegw_acme-1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in [site.folder / "voicegw_acme.py", *folder.iterdir()]:
            archive.write(file, file.relative_to(site.folder))
    monkeypatch.syspath_prepend(wheel)
    for file in folder.iterdir():
        file.unlink()

    assert listed(site) == {("acme", "voicegw-acme", "1.2")}
    assert Registry().get("acme").provider_info().title == "I am acme"


@pytest.mark.parametrize(
    ("direct_url", "origin"),
    [
        ({"url": "file:///home/me/acme", "dir_info": {"editable": True}}, "file:///home/me/acme"),
        (
            {"url": "https://me:token@git.test/acme.git", "vcs_info": {"vcs": "git"}},
            "https://git.test/acme.git",
        ),
        ({"url": "ssh://git@git.test/acme.git", "vcs_info": {}}, "ssh://git.test/acme.git"),
    ],
)
def test_an_install_from_elsewhere_says_from_where_without_its_password(site, direct_url, origin):
    site.add("voicegw-acme", provider="acme", files={"direct_url.json": json.dumps(direct_url)})
    assert site.row(Registry()).origin == origin


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"url": 5}', b"\xff\xfe", "null"])
def test_a_damaged_origin_costs_no_plugin_and_warns_once(site, caplog, content):
    folder = site.add("voicegw-acme", provider="acme", files={"direct_url.json": content})
    assert listed(site) == listed(site) == {("acme", "voicegw-acme", "1.0")}
    assert site.row(Registry()).origin is None
    assert warnings(caplog) == [f"{folder} has a damaged direct_url.json."]


def test_a_finder_or_path_entry_that_fails_hides_no_plugin(site):
    site.add("voicegw-acme", provider="acme")
    done = site.run("""
        import sys
        from voicegateway.core.registry import Registry

        class Finder:
            @staticmethod
            def find_spec(name, path=None, target=None):
                return None

            @staticmethod
            def find_distributions(context):
                raise RuntimeError("boom")

        sys.meta_path.insert(0, Finder())
        sys.path += [None, b"bytes", 5, "/no/such/folder"]
        print("acme" in Registry().installed())
        Registry().records()
    """)
    assert done.stdout == "True\n"
    assert done.stderr == "Finder cannot list its distributions (RuntimeError('boom')).\n"


def test_a_distribution_of_somebodys_own_finder_is_found(site):
    done = site.run(f"""
        import sys
        import importlib_metadata
        from voicegateway.core.registry import Registry

        class Memory(importlib_metadata.Distribution):
            def read_text(self, filename):
                return {{
                    "METADATA": "Name: In_Memory\\nVersion: 7\\n",
                    "entry_points.txt": {ENTRY!r},
                }}.get(filename)

            def locate_file(self, path):
                raise NotImplementedError

        class Finder:
            find_spec = staticmethod(lambda *arguments: None)
            find_distributions = staticmethod(lambda context: [Memory()])

        sys.meta_path.insert(0, Finder())
        print([(r.distribution, r.version) for r in Registry().records() if r.provider == "acme"])
    """)
    assert (done.stdout, done.stderr) == ("[('In_Memory', '7')]\n", "")


def test_hundreds_of_plugins_are_listed(site):
    for number in range(500):
        site.add(f"voicegw-p{number}", f"1.{number}", provider=f"p{number}")
    rows = site.rows(Registry())
    assert len(rows) == 500
    assert {row.status for row in rows} == {PluginStatus.AVAILABLE}
    assert ("p499", "1.499") in {(row.provider, row.version) for row in rows}
