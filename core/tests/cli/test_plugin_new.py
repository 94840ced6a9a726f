"""`voicegw plugins new`: what it writes is clean under any name, and it refuses what cannot be."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib

import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app

LONG = "a-rather-long-name-of-a-vendor-x"
FILES = {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "src/voicegw_acme/__init__.py",
    "src/voicegw_acme/account.py",
    "src/voicegw_acme/client.py",
    "src/voicegw_acme/llm.py",
    "src/voicegw_acme/prices.toml",
    "src/voicegw_acme/py.typed",
    "src/voicegw_acme/stt.py",
    "src/voicegw_acme/tts.py",
    "src/voicegw_acme/verdict.py",
    "tests/cloud.py",
    "tests/conftest.py",
    "tests/test_calls.py",
    "tests/test_conformance.py",
}


@pytest.fixture
def new(tmp_path, monkeypatch):
    """`new("acme")` runs the command in an empty folder and returns the one it made."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        result = CliRunner().invoke(app, ["plugins", "new", *arguments])
        assert result.exit_code == 0, result.output
        return next(path for path in tmp_path.iterdir() if path.is_dir())

    return run


def tool(name, folder, *arguments):
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    environment = {**os.environ, "MYPYPATH": str(folder / "src")}
    done = subprocess.run(
        [sys.executable, "-m", name, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_writes_a_whole_package(new):
    folder = new("acme")
    assert folder.name == "voicegw-acme"
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert written == FILES
    for name in FILES:
        assert "$" not in (folder / name).read_text().replace("export ", "")
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["voicegw.providers"] == {"acme": "voicegw_acme"}
    assert all("<" in one and ">=" in one for one in project["dependencies"])


def test_every_name_follows_from_one(new):
    folder = new("Acme.Speech_Labs", "-o", "here", "--provider", "acme_tts")
    assert folder.name == "here"
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == "voicegw-acme-speech-labs"
    assert project["entry-points"]["voicegw.providers"] == {"acme_tts": "voicegw_acme_speech_labs"}
    assert (folder / "src" / "voicegw_acme_speech_labs" / "stt.py").is_file()
    assert (
        'KEY_VARIABLE = "ACME_TTS_API_KEY"'
        in (folder / "src" / "voicegw_acme_speech_labs" / "account.py").read_text()
    )


def test_the_prefix_is_not_said_twice(new):
    assert new("voicegw-acme").name == "voicegw-acme"


@pytest.mark.parametrize("name", ["z", "acme", LONG])
def test_it_is_formatted_and_has_no_finding(new, name):
    folder = new(name)
    tool("ruff", folder, "format", "--check", "--no-cache", ".")
    tool("ruff", folder, "check", "--no-cache", ".")


def test_its_types_are_strict(new):
    tool("mypy", new(LONG))


def test_its_calls_are_metered_under_any_name(new):
    folder = new(LONG, "--provider", "other")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_calls.py",
    ]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-acme"], "No such option"),
        (["acme/speech"], "is no name of a package"),
        (["acme speech"], "is no name of a package"),
        (["x" * 33], "is no name of a package"),
        (["3com"], "begin with a letter"),
        (["class"], "take no keyword"),
        (["acme", "--provider", "Acme"], "'Acme' is no provider id"),
        (["acme", "--provider", "a/b"], "'a/b' is no provider id"),
        (["acme", "-o", "taken"], "taken is there already"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_exit_2(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    result = CliRunner().invoke(app, ["plugins", "new", *arguments])
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_an_id_that_is_installed_is_refused(install, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    install("voicegw-first", {"acme": "acme_plugin"}, acme_plugin="")
    result = CliRunner().invoke(app, ["plugins", "new", "acme"])
    assert result.exit_code == 2
    shown = " ".join(result.output.replace("│", " ").split())
    assert "installed already, by voicegw-first 1.0: choose another id with --provider" in shown
    again = CliRunner().invoke(app, ["plugins", "new", "acme", "--provider", "acme2"])
    assert again.exit_code == 0
    assert (tmp_path / "voicegw-acme").is_dir()
