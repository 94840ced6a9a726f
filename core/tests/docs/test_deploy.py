"""The files of `deploy/`, by the programs that read them where they are installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
VOICEGW = Path(sys.executable).with_name("voicegw")


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"there is no {program} here")


def loaded(name):
    return YAML(typ="safe", pure=True).load((DEPLOY / name).read_text())


@pytest.fixture
def unit(tmp_path):
    """The unit, with the command that is installed here."""
    path = tmp_path / "voicegw.service"
    text = (DEPLOY / "voicegw.service").read_text()
    assert "ExecStart=/opt/voicegw/bin/voicegw serve\n" in text
    path.write_text(text.replace("/opt/voicegw/bin/voicegw", str(VOICEGW)))
    return path


@needs("systemd-analyze")
def test_systemd_understands_the_unit(unit):
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [line for line in said.stderr.splitlines() if "voicegw" in line]
    assert (said.returncode, about_ours) == (0, [])


@needs("systemd-analyze")
def test_systemd_finds_the_unit_hardened(unit):
    """Exposure goes from 0 to 10; most services are above 9."""
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_PAGER": ""},
    )
    assert said.returncode == 0, said.stdout[-600:] + said.stderr


def test_compose_is_whole():
    compose = loaded("docker-compose.yml")
    server = compose["services"]["server"]
    build = server["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).samefile(DEPLOY / "Containerfile")
    assert server["read_only"]
    assert server["ports"] == ["127.0.0.1:8080:8080"]
    assert "profiles" not in server
    assert compose["services"]["db"]["profiles"] == ["postgres"]
    mounted = {
        volume.partition(":")[0]
        for service in compose["services"].values()
        for volume in service["volumes"]
    }
    assert mounted == set(compose["volumes"])


def test_a_containers_server_needs_its_key():
    server = loaded("docker-compose.yml")["services"]["server"]
    assert server["environment"]["VOICEGW_API_KEY"].startswith("${VOICEGW_API_KEY:?")


def test_the_containerfile_builds_what_there_is():
    text = (DEPLOY / "Containerfile").read_text()
    extras = set(re.search(r"ARG EXTRAS=(\S+)", text)[1].split(","))
    project = tomllib.loads((ROOT / "core" / "pyproject.toml").read_text())["project"]
    assert extras <= set(project["optional-dependencies"])
    for name in re.search(r'ARG PLUGINS="(.*)"', text)[1].split():
        plugin = ROOT / "plugins" / f"voicegw-{name}" / "pyproject.toml"
        assert "all" in tomllib.loads(plugin.read_text())["project"]["optional-dependencies"]


def test_the_container_is_hardened():
    text = (DEPLOY / "Containerfile").read_text()
    assert len(re.findall(r"^FROM ", text, re.MULTILINE)) == 2
    assert re.search(r"^USER 10001", text, re.MULTILINE)
    assert "/health" in re.search(r"HEALTHCHECK(?:.*\n)+?.*CMD (.*)", text)[1]


@needs("nginx")
def test_nginx_understands_its_config(tmp_path):
    for name in ("fullchain.pem", "privkey.pem"):
        (tmp_path / name).touch()
    pair = ["-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", *pair]
    subprocess.run(command, check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text()
    path = tmp_path / "nginx.conf"
    path.write_text(
        f"pid {tmp_path}/nginx.pid;\n" + text.replace("/etc/ssl/gateway.example", str(tmp_path))
    )
    subprocess.run(["nginx", "-t", "-c", path], check=True)


@needs("caddy")
def test_caddy_understands_its_config():
    subprocess.run(["caddy", "validate", "--config", DEPLOY / "Caddyfile"], check=True)


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_streams_are_not_held_back(name):
    text = (DEPLOY / name).read_text()
    assert "127.0.0.1:8080" in text
    assert text.count("proxy_buffering off") == 2 or "flush_interval -1" in text


def test_alerts_ask_for_metrics_that_there_are():
    rules = [one for group in loaded("alerts.yml")["groups"] for one in group["rules"]]
    assert all(rule["annotations"]["summary"] for rule in rules)
    asked = set(re.findall(r"\bvoicegw_[a-z_]+", " ".join(rule["expr"] for rule in rules)))
    source = "\n".join(
        path.read_text() for path in (ROOT / "core/src/voicegateway/server/metrics").glob("*.py")
    )
    assert [name for name in asked if name.removesuffix("_total") not in source] == []
