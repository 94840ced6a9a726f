"""Ten installed plugins that each do something they must not, and a healthy one among them: every
command still works, and `plugins check` says of each what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from textwrap import dedent

import pytest

INFO = """
from voicegateway import hookimpl
from voicegateway.types import Modality, ProviderInfo

@hookimpl
def provider_info(provider):
    return ProviderInfo(
        provider.title(), frozenset(), key_variable="ACME_API_KEY", docs_url="https://example.com",
        models=("swift-1",),
    )
"""
RATES = """
from datetime import date
from decimal import Decimal
from voicegateway.types import ListedRate, Unit

@hookimpl
def list_rates():
    yield ListedRate(
        "swift-1", Modality.STT, Unit.AUDIO_SECONDS, Decimal("0.0048"), Decimal(60),
        source="price list", checked_on=date(2026, 11, 22),
    )
"""
HOSTILE = {
    "raises": "raise RuntimeError('boom')",
    "hangs": "import time\ntime.sleep(600)",
    "exits": "import sys\nsys.exit(3)",
    "segfaults": "import ctypes\nctypes.string_at(0)",
    "prints": "print('a banner nobody asked for')" + INFO,
    "heavy": "import acme_sdk" + INFO,
    "openai": INFO,
    "misspelt": INFO.replace("def provider_info", "def provider_infos"),
    "asynchronous": INFO.replace("def provider_info", "async def provider_info"),
    "leaks": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=[600], name='poller', daemon=True).start()" + INFO,
}
REASONS = {
    "raises": "load: it cannot be imported: RuntimeError: boom.",
    "hangs": "load: its import was not done after 8 s.",
    "exits": "load: it calls sys.exit(3) when it is imported.",
    "segfaults": "load: its import crashed the interpreter (SIGSEGV).",
    "prints": "output: it prints when it is imported, on stdout: 'a banner nobody asked for'.",
    "heavy": "imports: it imports acme_sdk at the top, which every command pays: import it inside "
    "the factory that needs it.",
    "openai": "claim: Provider 'openai' is claimed by",
    "misspelt": "hooks: it implements a hook 'provider_infos' that does not exist: did you mean "
    "'provider_info'?.",
    "asynchronous": "hooks: its hook 'provider_info' is async: hooks are synchronous, return an "
    "object with async methods instead.",
    "leaks": "threads: it starts threads and leaves them running: poller.",
}
LIMIT = "8"
"""Seconds: healthy ones are done long before, also on a busy machine."""
LEDGER = """
import time
from decimal import Decimal
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed, new_call_id
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit

ledger = open_ledger("ledger.db")
now = time.time_ns() // 1000
attempt = Attempt(new_call_id(), 1, now, "support", None, "healthy", "swift-1", Modality.STT)
line = PriceLine(*[Unit.AUDIO_SECONDS, *[Decimal(2)] * 2, Decimal("0.5"), Decimal(1), Decimal(1)])
ledger.append(AttemptClosed(
    attempt=attempt, outcome="completed", units={Unit.AUDIO_SECONDS: Decimal(2)}, basis="reported",
    verdict="confirmed", quote=PriceQuote(Decimal(1), (line,), source="list"), ttfb_ms=None,
    duration_ms=5.0, speech_id=None,
))
assert ledger.flush(10)
ledger.close()
"""


def install(folder, distribution, provider, source):
    name = distribution.replace("-", "_")
    (folder / f"{name}.py").write_text(dedent(source))
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[voicegw.providers]\n{provider} = {name}\n")


@pytest.fixture(scope="module")
def voicegw(tmp_path_factory):
    """`voicegw("costs", status=0)`, where the eleven and a ledger of one row are."""
    home = tmp_path_factory.mktemp("hostile")
    site = home / "site"
    site.mkdir()
    (site / "acme_sdk.py").write_text("")
    for provider, source in HOSTILE.items():
        install(site, f"voicegw-x-{provider}", provider, source)
    install(site, "voicegw-x-rival", "openai", INFO)
    install(site, "voicegw-x-healthy", "healthy", INFO + RATES)
    path = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "HOME": str(home)}
    environment |= {"VOICEGW_DB_PATH": str(home / "ledger.db"), "COLUMNS": "300"}
    environment.pop("VOICEGW_CONFIG", None)
    run = {"cwd": home, "env": environment, "capture_output": True, "text": True, "timeout": 120}
    subprocess.run([sys.executable, "-c", LEDGER], check=True, **run)

    def command(*arguments, status=0):
        program = "from voicegateway.cli import main; main()"
        done = subprocess.run([sys.executable, "-c", program, *arguments], check=False, **run)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    return command


def test_they_are_listed_and_none_is_imported(voicegw):
    listed = json.loads(voicegw("plugins", "list", "--json"))
    ours = {row["provider"]: row for row in listed if row["distribution"].startswith("voicegw-x-")}
    assert set(ours) == {*HOSTILE, "healthy"}
    assert {row["status"] for name, row in ours.items() if name != "openai"} == {"available"}
    assert ours["openai"]["status"] == "conflict"


def test_costs_and_logs_go_on(voicegw):
    assert json.loads(voicegw("costs", "--json"))["total_usd"] == "1.000000"
    (row,) = json.loads(voicegw("logs", "--json"))
    assert (row["provider"], row["cost_usd"]) == ("healthy", "1.000000")


def test_prices_shows_the_healthy_ones_and_names_the_others(voicegw):
    shown = json.loads(voicegw("prices", "--json", "--timeout", LIMIT))
    assert [row["rate_usd"] for row in shown["rates"] if row["provider"] == "healthy"] == ["0.0048"]
    failed = {one["provider"]: one["error"] for one in shown["failed"]}
    assert "boom" in failed["raises"]
    assert failed["hangs"] == f"its import was not done after {LIMIT} s"
    assert "SystemExit" in failed["exits"]
    assert failed["segfaults"] == "its import crashed the interpreter (SIGSEGV)"
    assert "voicegw-x-openai 1.0" in failed["openai"]
    assert "voicegw-x-rival 1.0" in failed["openai"]
    assert "provider_infos" in failed["misspelt"]
    assert "async" in failed["asynchronous"]
    assert "healthy" not in failed
    assert "healthy   swift-1" in voicegw("prices", "swift-1", "--timeout", LIMIT)


def test_doctor_finds_them_and_comes_back(voicegw):
    findings = json.loads(voicegw("doctor", "--json", "--timeout", LIMIT, status=1))
    told = {one["about"]: one for one in findings if one["level"] == "finding"}
    wrong = {name.removeprefix("plugin ") for name in told}
    assert wrong >= {"raises", "hangs", "exits", "segfaults", "openai", "misspelt", "asynchronous"}
    assert "healthy" not in wrong
    assert told["plugin hangs"]["what"] == f"its import was not done after {LIMIT} s"
    assert told["plugin segfaults"]["fix"].startswith(
        "`voicegw plugins check segfaults` says more;"
    )
    assert any(one["about"] == "ledger" and one["level"] == "note" for one in findings)


@pytest.fixture(scope="module")
def checked(voicegw):
    ids = [*HOSTILE, "healthy"]
    return voicegw("plugins", "check", *ids, "--timeout", LIMIT, status=1)


@pytest.mark.parametrize("provider", HOSTILE)
def test_check_names_each_with_its_reason(checked, provider):
    wanted = f"{provider} (voicegw-x-{provider} 1.0), {REASONS[provider]}"
    lines = [
        line
        for line in checked.splitlines()
        if line.startswith(f"{provider} (voicegw-x-{provider}")
    ]
    assert len(lines) == 1
    assert lines[0].startswith(wanted)


def test_the_healthy_one_is_ok(checked, voicegw):
    assert "healthy (" not in checked
    assert checked.splitlines()[-1].startswith("1 of ")
    (report,) = json.loads(voicegw("plugins", "check", "healthy", "--json"))
    assert report["ok"]
    results = {one["check"]: one["result"] for one in report["checks"]}
    assert results["load"] == results["rates"] == results["threads"] == "ok"
    assert json.loads(voicegw("plugins", "info", "healthy", "--json"))["title"] == "Healthy"
