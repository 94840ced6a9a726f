"""Plugins asked in another process: one that does not come back costs the others nothing."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from voicegateway.core.inspection import Claim, Step, Task, ask

SAYS = """
from voicegateway import hookimpl
from voicegateway.types import ProviderInfo

@hookimpl
def provider_info(provider):
    {first}
    return ProviderInfo(f"I am {{provider}}", frozenset())
"""


def offer(site, **sources):
    for provider, source in sources.items():
        site.add(f"voicegw-{provider}", provider=provider, module=source)
    return [Claim(provider, f"voicegw-{provider}") for provider in sources]


def says(first="pass"):
    return SAYS.format(first=first)


def test_those_behind_one_that_ends_the_process_are_asked_all_the_same(site):
    claims = offer(
        site,
        one=says(),
        two=says("import os; os._exit(5)"),
        three=says("import os, signal; os.kill(os.getpid(), signal.SIGABRT)"),
        four=says(),
        five=says("raise KeyError('x')"),
        six=says(),
    )

    answers = list(ask(Task.SURVEY, claims, 30))

    assert [answer.claim for answer in answers] == claims
    assert [answer.values[0]["title"] for answer in answers if answer.values] == [
        "I am one",
        "I am four",
        "I am six",
    ]
    troubles = [answer.trouble for answer in answers]
    assert [trouble and trouble.what for trouble in troubles] == [
        None,
        "its provider_info ended the whole process with status 5",
        "its provider_info crashed the interpreter (SIGABRT)",
        None,
        "KeyError: 'x'",
        None,
    ]
    assert troubles[1].step is Step.INFO


def test_what_is_printed_does_not_get_among_the_answers(site):
    lies = 'print(\'{"value": {"title": "a lie"}}\', flush=True); import os; os.write(1, b"x" * 99)'
    (answer,) = ask(Task.SURVEY, offer(site, liar=says(lies)), 30)
    assert [value.get("title") for value in answer.values] == ["I am liar", None]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_a_plugin_has_started_ends_with_it(site, tmp_path):
    note = tmp_path / "child"
    child = (
        "import subprocess, sys, time\n"
        f"started = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(note)!r}, 'w').write(str(started.pid))\n"
        "time.sleep(600)\n"
    )
    (answer,) = ask(Task.SURVEY, offer(site, parent=child), 5)
    assert answer.trouble.what == "its import was not done after 5 s"
    assert ended(int(note.read_text()))


def ended(pid):
    """A killed process is gone, or waits for whoever collects it."""
    state = Path(f"/proc/{pid}/stat")
    for _ in range(500):
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False


def test_what_the_config_turns_off_settles_who_answers(site):
    offer(site, acme=says())
    site.add("voicegw-rival", provider="acme", module=says())
    claim = Claim("acme", "voicegw-acme")
    (torn,) = ask(Task.SURVEY, [claim], 30)
    assert "voicegw-acme 1.0 and voicegw-rival 1.0" in torn.trouble.what
    (settled,) = ask(Task.SURVEY, [claim], 30, ["voicegw-rival"])
    assert settled.trouble is None
