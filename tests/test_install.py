"""What a user installs: wheels of every distribution, in a clean environment."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DISTRIBUTIONS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    for source in (ROOT / "core", *DISTRIBUTIONS):
        command = [sys.executable, "-m", "build", "--wheel", "--outdir", folder, source]
        subprocess.run(command, check=True, capture_output=True)
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


def test_every_distribution_builds_with_what_it_needs(wheels):
    names = {path.name.replace("-", "_") for path in DISTRIBUTIONS} | {"voicegw"}
    assert set(wheels) == names
    for name, wheel in wheels.items():
        package = "voicegateway" if name == "voicegw" else name
        members = set(zipfile.ZipFile(wheel).namelist())
        assert f"{package}/py.typed" in members
    assert any(member.endswith(".sql") for member in zipfile.ZipFile(wheels["voicegw"]).namelist())


def test_wheels_work_in_a_clean_environment(wheels, tmp_path):
    """The core with its declared dependencies; the plugins' modules are light and load alone."""
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, wheels["voicegw"]], check=True)
    plugins = [wheel for name, wheel in wheels.items() if name != "voicegw"]
    subprocess.run([*install, "--no-deps", *plugins], check=True)
    run = {"capture_output": True, "text": True, "cwd": tmp_path}
    command = [environment / "bin" / "voicegw", "plugins", "list", "--json"]
    listed = json.loads(subprocess.run(command, check=True, **run).stdout)
    expected = {
        provider
        for source in DISTRIBUTIONS
        for provider in tomllib.loads((source / "pyproject.toml").read_text())["project"]
        .get("entry-points", {})
        .get("voicegw.providers", {})
    }
    assert {row["provider"] for row in listed} == expected
    assert {row["status"] for row in listed} == {"available"}
    for provider in sorted(expected):
        info = subprocess.run(
            [environment / "bin" / "voicegw", "plugins", "info", provider, "--json"],
            check=True,
            **run,
        )
        assert json.loads(info.stdout)["provider"] == provider
