"""`voicegw plugins check`: a sound plugin passes, and each fault has a sentence of its own."""

from __future__ import annotations

import json
import textwrap

import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app

SOUND = """
from datetime import date
from decimal import Decimal
from voicegateway import hookimpl
from voicegateway.types import (
    ListedRate, Modality, PriceLine, PriceQuote, ProviderInfo, StreamVerdict, Unit, Usage,
)

RATE, PER = Decimal("0.0048"), Decimal(60)

@hookimpl
def provider_info():
    return ProviderInfo(
        title="Acme",
        modalities=frozenset({Modality.STT}),
        key_variable="ACME_API_KEY",
        docs_url="https://example.com/docs",
        models=("swift-1",),
    )

@hookimpl
def create_stt(model, language, settings, options):
    for name in options:
        raise ValueError(f"there is no option {name!r}")
    if settings.api_key is None:
        raise ValueError("set ACME_API_KEY")
    from voicegateway.testing import FakeSTT
    return FakeSTT()

@hookimpl
def price_usage(model, modality, usage, terms):
    seconds = usage.units.get(Unit.AUDIO_SECONDS)
    if model != "swift-1" or seconds is None:
        return None
    amount = seconds * RATE / PER
    line = PriceLine(Unit.AUDIO_SECONDS, seconds, seconds, RATE, PER, amount)
    return PriceQuote(amount, (line,), source="list")

@hookimpl
def validate_stream(report):
    if report.reported is None:
        return StreamVerdict(report.measured, "usage_missing")
    return StreamVerdict(report.reported, "confirmed")

@hookimpl
def list_rates():
    return [
        ListedRate("swift-1", Modality.STT, Unit.AUDIO_SECONDS, RATE, PER, source="list",
                   checked_on=date(2026, 11, 22))
    ]
"""
STEPS = [
    "claim",
    "load",
    "imports",
    "output",
    "hooks",
    "info",
    "rates",
    "prices",
    "verdicts",
    "threads",
    "factories",
]


@pytest.fixture
def check(install, tmp_path, monkeypatch):
    """`check(source)` installs a plugin as provider `acme`, checks it, and returns its report."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VOICEGW_CONFIG", raising=False)

    def run(source, *arguments, status):
        install("voicegw-acme", {"acme": "acme_plugin"}, acme_plugin=source)
        command = ["plugins", "check", "acme", "--json", *arguments]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == status, result.output
        (report,) = json.loads(result.output)
        assert (report["distribution"], report["version"]) == ("voicegw-acme", "1.0")
        assert report["ok"] is (status == 0)
        return {one["check"]: (one["result"], one["detail"]) for one in report["checks"]}

    return run


def changed(old, new):
    assert old in SOUND
    return SOUND.replace(old, new)


def with_top(code):
    return textwrap.dedent(code) + SOUND


def test_a_sound_plugin_passes_everything(check):
    assert check(SOUND, status=0) == dict.fromkeys(STEPS, ("ok", ""))


def test_what_is_optional_is_left_out_and_said(check):
    head, _, _ = SOUND.partition("@hookimpl\ndef price_usage")
    report = check(head, status=0)
    assert {step for step, (result, _) in report.items() if result == "skipped"} == {
        "rates",
        "prices",
        "verdicts",
    }
    assert "every call's price is unknown" in report["prices"][1]


@pytest.mark.parametrize(
    ("source", "step", "said"),
    [
        (with_top("raise RuntimeError('boom')"), "load", "RuntimeError: boom"),
        (with_top("import no_such_module"), "load", "No module named 'no_such_module'"),
        (with_top("import sys; sys.exit(3)"), "load", "calls sys.exit(3) when it is imported"),
        (with_top("import os; os._exit(0)"), "load", "ended the whole process with status 0"),
        (
            with_top("import ctypes; ctypes.string_at(0)"),
            "load",
            "its import crashed the interpreter (SIGSEGV)",
        ),
        (with_top("print('hello there')"), "output", "on stdout: 'hello there'"),
        (with_top("import os; os.write(1, b'{}')"), "output", "on stdout: '{}'"),
        (with_top("import sys; print('oh', file=sys.stderr)"), "output", "on stderr: 'oh'"),
        (with_top("import rich, json"), "imports", "it imports rich at the top"),
        (with_top("import importlib as i; i.import_module('rich')"), "imports", "imports rich"),
        (
            with_top(
                "import threading, time\n"
                "threading.Thread(target=time.sleep, args=[99], name='poller').start()\n"
            ),
            "threads",
            "leaves them running: poller",
        ),
        ("x = 1", "hooks", "it has no hook implementation"),
        (changed("def price_usage", "def price_usge"), "hooks", "did you mean 'price_usage'?"),
        (changed("(model, modality,", "(modle, modality,"), "hooks", "did you mean 'model'?"),
        (changed("def validate", "async def validate"), "hooks", "is async"),
        (changed('"ACME_API_KEY",', "None,"), "info", "has no key_variable"),
        (changed('"ACME_API_KEY",', '"the key",'), "info", "no name of a variable"),
        (changed('"Acme"', '""'), "info", "has no title"),
        (changed('("swift-1",),', "(),"), "info", "names no models"),
        (changed("{Modality.STT})", "{Modality.TTS})"), "info", "it has factories for stt"),
        (changed("checked_on=date(2026, 11, 22)", ""), "rates", "without the day"),
        (changed("date(2026, 11, 22)", "date(2999, 1, 1)"), "rates", "still to come"),
        (changed('RATE, PER, source="list"', 'RATE, PER, source=""'), "rates", "without a source"),
        (changed('model != "swift-1" or', ""), "prices", "though nobody sells it"),
        (changed("RATE / PER\n", "RATE / PER + 1\n"), "prices", "is not billed * rate_usd / per"),
        (changed("amount, (line,)", "amount * 2, (line,)"), "prices", "and its lines make"),
        (changed('(line,), source="list"', "(line,)"), "prices", "an amount without a source"),
        (changed("PriceQuote(amount,", "PriceQuote(1.0,"), "prices", "no finite Decimal"),
        (
            changed(
                "seconds = usage.units.get(Unit.AUDIO_SECONDS)",
                "seconds = next(iter(usage.units.values()))",
            ),
            "prices",
            "depends on the order of the units",
        ),
        (changed("usage.units.get(Unit.AUDIO_SECONDS)", "usage.no"), "prices", "AttributeError"),
        (
            changed("seconds * RATE / PER\n", "(seconds + 1) * RATE / PER\n").replace(
                "seconds, seconds, RATE", "seconds, seconds + 1, RATE"
            ),
            "prices",
            "for no use at all",
        ),
        (
            changed("def price_usage(", "def price_usage(*, now=None, "),
            "hooks",
            "by keyword only",
        ),
        (
            changed(
                "        return StreamVerdict(report.measured", "        return StreamVerdict(None"
            ),
            "verdicts",
            "AttributeError",
        ),
        (
            changed('"usage_missing"', '"fine"'),
            "verdicts",
            "of STT that completed without a vendor's count, gives the status 'fine'",
        ),
        (
            changed("StreamVerdict(report.measured,", "StreamVerdict(Usage({}, 'reported'),"),
            "verdicts",
            "calls units reported that nobody reported",
        ),
        (
            changed("    for name in options:\n        raise", "    if False:\n        raise"),
            "factories",
            "its create_stt accepts an option that does not exist",
        ),
        (
            changed('f"there is no option {name!r}"', '"no"'),
            "factories",
            "a ValueError that names it would help",
        ),
        (
            changed("    if settings.api_key is None:", "    if False:"),
            "factories",
            "makes an object without a key: name ACME_API_KEY",
        ),
        (
            changed('"set ACME_API_KEY"', '"computer says no"'),
            "factories",
            "an error that names ACME_API_KEY would help",
        ),
    ],
)
def test_a_fault_is_named(check, source, step, said):
    report = check(source, status=1)
    result, detail = report[step]
    assert result == "failed"
    assert said in detail
    assert [name for name, (outcome, _) in report.items() if outcome == "failed"] == [step]


def test_a_hang_is_told_with_its_limit(check):
    report = check(with_top("import time; time.sleep(600)"), "--timeout", "1.5", status=1)
    assert report == {
        "claim": ("ok", ""),
        "load": ("failed", "its import was not done after 1.5 s"),
    }


def test_a_hook_that_hangs_is_named_and_the_rest_was_seen(check):
    source = changed("    if report.reported is None:", "    while True: pass\n    if False:")
    report = check(source, "--timeout", "4", status=1)
    assert report["verdicts"] == ("failed", "its validate_stream was not done after 4 s")
    assert report["prices"] == ("ok", "")
    assert "factories" not in report


def test_a_missing_sdk_is_no_fault(check):
    source = changed(
        "    from voicegateway.testing import FakeSTT", "    import no_such_sdk"
    ).replace("    for name in options:", "    import no_such_sdk\n    for name in options:")
    assert check(source, status=0)["factories"] == ("skipped", "no_such_sdk is not installed")


def test_a_conflict_is_told_of_both(install, check):
    install("voicegw-rival", {"acme": "rival_plugin"}, version="2.0", rival_plugin=SOUND)
    install("voicegw-acme", {"acme": "acme_plugin"}, acme_plugin=SOUND)
    result = CliRunner().invoke(app, ["plugins", "check", "acme"])
    assert result.exit_code == 1
    assert "voicegw-acme 1.0 and voicegw-rival 2.0: uninstall one" in result.output
    assert "0 of 2 plugins are ok." in result.output


def test_people_are_told_version_and_reason(install, check):
    install("voicegw-acme", {"acme": "acme_plugin"}, acme_plugin=with_top("print('hi')"))
    shown = CliRunner().invoke(app, ["plugins", "check", "acme"]).output
    assert "acme      voicegw-acme  1.0      output     failed" in shown
    assert (
        "acme (voicegw-acme 1.0), output: it prints when it is imported, on stdout: 'hi'." in shown
    )
    assert "0 of 1 plugins are ok." in shown


def test_a_plugin_that_is_turned_off_is_checked_only_by_name(install, check, tmp_path):
    (tmp_path / "off.yaml").write_text("plugins: {disabled: [acme]}\n")
    install("voicegw-acme", {"acme": "acme_plugin"}, acme_plugin=SOUND)
    off = ["plugins", "check", "--json", "-c", str(tmp_path / "off.yaml")]
    everything = json.loads(CliRunner().invoke(app, off).output)
    assert "acme" not in {report["provider"] for report in everything}
    (named,) = json.loads(CliRunner().invoke(app, [*off, "acme"]).output)
    assert named["ok"]


def test_an_id_that_nobody_has(check):
    result = CliRunner().invoke(app, ["plugins", "check", "nobody"])
    assert "pip install voicegw-nobody" in str(result.exception)
