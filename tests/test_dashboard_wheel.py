"""The dashboard's wheel: built from a clean source, and served where there is no Node."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LEFT_OUT = shutil.ignore_patterns("node_modules", "static", "dist", "__pycache__")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """As `python -m build` makes them: through a source distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    source = folder / "dashboard"
    shutil.copytree(ROOT / "dashboard", source, ignore=LEFT_OUT)
    for project in (ROOT / "core", source):
        command = [sys.executable, "-m", "build", "--outdir", folder, project]
        built = subprocess.run(command, check=False, capture_output=True, text=True)
        assert built.returncode == 0, built.stdout + built.stderr
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


@pytest.fixture(scope="module")
def without_node(wheels, tmp_path_factory):
    """A clean environment, and a PATH on which nothing else is."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / "bin"
    install = [programs / "python", "-m", "pip", "install", "--quiet", "--find-links"]
    packages = [f"voicegw[server] @ {wheels['voicegw'].as_uri()}", wheels["voicegw_dashboard"]]
    subprocess.run([*install, wheels["voicegw"].parent, *packages], check=True)
    assert shutil.which("node", path=str(programs)) is None
    kept = {name: os.environ[name] for name in ("LANG", "SSL_CERT_FILE") if name in os.environ}
    return folder, {**kept, "PATH": str(programs), "HOME": str(folder)}


def test_the_wheel_holds_the_pages_and_nothing_of_their_making(wheels):
    members = zipfile.ZipFile(wheels["voicegw_dashboard"]).namelist()
    static = [name for name in members if name.startswith("voicegw_dashboard/static/")]
    assert "voicegw_dashboard/static/index.html" in static
    assert any(re.search(r"/assets/index-[\w-]+\.js$", name) for name in static)
    assert "voicegw_dashboard/py.typed" in members
    assert not [name for name in members if "node_modules" in name or name.endswith(".tsx")]


def test_it_serves_the_whole_thing_without_node(without_node):
    folder, environment = without_node
    command = ["voicegw", "dashboard", "--sample", "--no-open", "--port", "0"]
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stderr=output,
            executable=folder / "venv" / "bin" / "voicegw",
        )
    try:
        url = address(process, log)
        page = read(f"{url}/calls", Accept="text/html")
        files = re.findall(r'(?:src|href)="(/[^"]+)"', page)
        assert any(name.endswith(".js") for name in files)
        assert any(name.endswith(".css") for name in files)
        for name in files:
            assert read(url + name)
        assert '"session_id"' in read(f"{url}/v1/sessions?limit=1")
    finally:
        process.terminate()
        process.wait(timeout=60)


def address(process, log):
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"The dashboard is at (http://[\d.:]+)/", log.read_text())
        if found and "Application startup complete" in log.read_text():
            return found[1]
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def read(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        return answer.read().decode()
