"""The real server in a process of its own, on a store of sample data."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from voicegateway.demo.month.store import make_store
from voicegw_dashboard.pages import STATIC

VOICEGW = [sys.executable, "-c", "from voicegateway.cli import main; main()"]
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """One that listens. `ledger` and `config` are its files."""

    url: str
    ledger: Path
    config: Path
    process: subprocess.Popen


def environment(folder, **more):
    """Of a process that finds no settings but those it is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEGW_")}
    return {**kept, "HOME": str(folder), **more}


@contextmanager
def running(ledger, config, **variables):
    log = config.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            [*VOICEGW, "serve", "--config", str(config), "--port", "0"],
            stdout=output,
            stderr=output,
            cwd=config.parent,
            env=environment(config.parent, VOICEGW_DB_PATH=str(ledger), **variables),
        )
    try:
        yield Server(_address(process, log), ledger, config, process)
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE_SECONDS)


def _address(process, log):
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"listens on (http://\S+)", log.read_text())
        if found and _answers(found[1]):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def _answers(url):
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def built():
    """The pages, which Vite has made."""
    if not (STATIC / "index.html").is_file():
        said = "The pages are not built: run `npm ci && npm run build` in dashboard/frontend."
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    return STATIC


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A month of calls, which tests only read."""
    return make_store(tmp_path_factory.mktemp("sample"), rows=3000)


@pytest.fixture(scope="session")
def server(sample, built):
    with running(sample.ledger, sample.config) as one:
        yield one


@pytest.fixture
def contexts():
    """Of the browser. They are closed before a server of the test's own ends: a page whose server
    is away rightly complains."""
    return []


@pytest.fixture
def own_server(tmp_path, built, contexts):
    """A server on a small month that the test may change."""
    store = make_store(tmp_path, rows=300)
    with running(store.ledger, store.config) as one:
        yield one
        for context in contexts:
            context.close()


@pytest.fixture
def empty_server(tmp_path, built, contexts):
    """A server before the first call."""
    config = tmp_path / "voicegw.yaml"
    config.write_text("projects:\n  support: {name: Support}\n")
    with running(tmp_path / "empty.db", config) as one:
        yield one
        for context in contexts:
            context.close()


@pytest.fixture(scope="session")
def serving():
    """`with serving(ledger, config, **variables) as server:`, for tests that restart one."""
    return running


@pytest.fixture(scope="session")
def voicegw():
    """Runs a command on a server's store, in a process of its own; what it printed."""

    def run(server, *arguments):
        done = subprocess.run(
            [*VOICEGW, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=server.config.parent,
            env=environment(
                server.config.parent,
                VOICEGW_DB_PATH=str(server.ledger),
                VOICEGW_CONFIG=str(server.config),
            ),
            timeout=_PATIENCE_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


_WRITE = """
import sys, time
from decimal import Decimal
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed, AttemptOpened, new_call_id
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit
path, project, session, cost, state = sys.argv[1:]
attempt = Attempt(new_call_id(), 1, time.time_ns() // 1000, project, session, "acme", "parrot-2",
                  Modality.LLM)
ledger = open_ledger(path, timezone=None)
if state == "open":
    ledger.append(AttemptOpened(attempt, 2_000_000))
    ledger.flush()
    print("written", flush=True)
    sys.stdin.read()
else:
    amount, many = Decimal(cost), Decimal(100)
    line = PriceLine(Unit.OUTPUT_TOKENS, many, many, amount / many, Decimal(1), amount)
    quote = PriceQuote(amount, (line,), source="a test")
    ledger.append(AttemptClosed(attempt, "completed", {Unit.OUTPUT_TOKENS: many}, "reported",
                                "confirmed", quote, 321.0, 654.0, "speech_1"))
    ledger.flush()
ledger.close()
"""


@pytest.fixture(scope="session")
def write_row():
    """Another process writes one request, as an agent does: `write_row(server, "RM_1")`."""

    def write(server, session, *, project="support", cost="0.0123"):
        command = [sys.executable, "-c", _WRITE, str(server.ledger), project, session, cost, "done"]
        subprocess.run(command, check=True, env=environment(server.ledger.parent), timeout=60)

    return write


@pytest.fixture(scope="session")
def running_call():
    """`with running_call(server, "RM_2"):` another process has a request open meanwhile."""

    @contextmanager
    def call(server, session, *, project="support"):
        command = [sys.executable, "-c", _WRITE, str(server.ledger), project, session, "0", "open"]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(server.ledger.parent),
        ) as process:
            assert process.stdout.readline() == b"written\n"
            try:
                yield
            finally:
                process.stdin.close()
                process.wait(timeout=60)

    return call
