"""What is not needed is not imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("cryptography", "ruamel", "pydantic")


def imported(code):
    """The heavy packages that a fresh process has imported after this."""
    check = f"import sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{check}"], capture_output=True, text=True, check=True
    )
    return eval(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "code",
    [
        "import voicegateway",
        "import voicegateway.cli.commands",
        "from voicegateway.core.config import ledger_place; ledger_place()",
    ],
)
def test_a_command_starts_without_them(code):
    assert imported(code) == []


def test_a_gateway_without_managed_keys_needs_no_cryptography():
    code = "from voicegateway.core.gateway import Gateway; Gateway().list_projects()"
    assert "cryptography" not in imported(code)


def test_a_managed_key_needs_it(manager):
    manager.create("provider", "acme", {"api_key": "sk-canary-0123456789"}, actor="api")
    code = "from voicegateway.core.gateway import Gateway; Gateway()"
    assert "cryptography" in imported(code)


def test_where_the_ledger_is_needs_no_scan_of_what_is_installed(yaml):
    yaml("cost_tracking: {timezone: Europe/Paris}")
    code = "from voicegateway.core.config import ledger_place; ledger_place(); import sys\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}print('importlib_metadata' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
