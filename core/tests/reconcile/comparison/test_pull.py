"""`voicegw reconcile --pull`: the vendor's pages in place of files."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest
from bookkeeping import AcmePlugin, SilentPlugin, calls, export, provider, write_export
from bookkeeping import write_ledger as write

from voicegateway import hookimpl
from voicegateway.authoring.pulling import Access, Pace, Report, pages, pull_reports, utc_days
from voicegateway.cli.commands import main
from voicegateway.core.registry import Registry
from voicegateway.testing import Trouble, UsageCloud
from voicegateway.types import ProviderInfo

KEY = "canary-key-3b90aa17"
WINDOW = ("--provider", "acme", "--start", "2026-11-01", "--end", "2026-11-03")


class PullingPlugin(AcmePlugin):
    """Fetches a page a day."""

    variables: tuple[str, ...] = ("ACME_ADMIN_KEY", "ACME_OTHER_KEY")
    broken: Exception | None = None

    @hookimpl
    def provider_info(self):
        return ProviderInfo(
            "Acme",
            frozenset(),
            key_variable="ACME_API_KEY",
            usage_key_variables=self.variables,
        )

    @hookimpl
    def pull_usage_export(self, settings, start, end, folder):
        if self.broken is not None:
            raise self.broken
        utc_days(start, end, "Acme")
        report = Report(
            "usage", f"{settings.base_url}/usage", {"account": str(settings.extra.get("account"))}
        )
        access = Access(settings, "Authorization", "Bearer ", needs="an admin key of Acme")
        return pull_reports([report], folder, access, Pace(between=0, first_wait=0.01))


class AskingPlugin(SilentPlugin):
    """Cannot be asked."""

    local = False

    @hookimpl
    def provider_info(self):
        hint = "press Export on its page"
        return ProviderInfo("Acme", frozenset(), local=self.local, usage_export_hint=hint)


@pytest.fixture
def plugin():
    return PullingPlugin()


@pytest.fixture
def cloud():
    lines = [line.to_json() for line in export(calls())]
    days = sorted({line["start"] for line in lines})

    def answer(asked):
        number = int(asked.one("page") or 0)
        here = [line for line in lines if line["start"] == days[number]]
        more = number + 1 < len(days)
        return {"lines": here, "has_more": more, "next_page": str(number + 1) if more else None}

    with UsageCloud(answer) as cloud:
        yield cloud


@pytest.fixture
def run(tmp_path, monkeypatch, capsys, cloud, plugin):
    """`run("--json")`: exit code, standard output, standard error of the real entry point."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("VOICEGW_CONFIG", "ACME_ADMIN_KEY", "ACME_OTHER_KEY", "ACME_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VOICEGW_DB_PATH", str(write(tmp_path / "ledger.db", calls())))
    installed = Registry.get
    known = {"acme": provider(plugin)}
    monkeypatch.setattr(
        Registry, "get", lambda self, name: known.get(name) or installed(self, name)
    )
    configure(cloud)

    def running(*more, asked=("--pull",)):
        monkeypatch.setattr(sys, "argv", ["voicegw", "reconcile", *WINDOW, *asked, *map(str, more)])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = left.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return running


def configure(cloud, **settings):
    """Acme's `usage_export` in the config file."""
    given = {"api_key": KEY, "base_url": cloud.url, "account": "a", **settings}
    given = {name: value for name, value in given.items() if value is not None}
    entry = {"base_url": "http://127.0.0.1:9", "usage_export": given}
    Path("voicegw.yaml").write_text(json.dumps({"providers": {"acme": entry}}))


def test_pages_compare_as_the_same_file_does(run, cloud, tmp_path):
    file = write_export(tmp_path / "export.json", export(calls()))
    by_file = run("--json", "--usage-file", file, asked=())
    by_pages = run("--json")
    assert by_pages == by_file
    assert by_pages[0] == 0
    assert json.loads(by_pages[1])["rows"]
    assert [asked.one("page") for asked in cloud.asked] == [None, "1", "2"]
    assert {asked.headers["authorization"] for asked in cloud.asked} == {f"Bearer {KEY}"}
    assert {asked.one("account") for asked in cloud.asked} == {"a"}


def test_pages_are_beside_the_ledger_and_fetched_once(run, cloud, tmp_path):
    first = run("--json")
    folder = tmp_path / "usage-exports" / "acme" / "20261101T000000Z-20261104T000000Z"
    assert len(list(folder.iterdir())) == 3
    cloud.asked.clear()
    assert run("--json") == first
    assert cloud.asked == []
    assert run("--json", "--anew") == first
    assert len(cloud.asked) == 3


def test_a_folder_of_ones_own(run, tmp_path):
    assert run("--folder", tmp_path / "kept")[0] == 0
    assert len(list((tmp_path / "kept").rglob("*.json"))) == 3
    assert not (tmp_path / "usage-exports").exists()


def test_pages_of_figures_that_were_not_final_are_fetched_again(run, cloud, tmp_path):
    run()
    files = list((tmp_path / "usage-exports").rglob("*.json"))
    files.append(files[0].with_suffix(".17.part"))
    files[-1].write_bytes(b"{")
    while_open = time.mktime((2026, 11, 4, 12, 0, 0, 0, 0, 0))  # half a day after the window
    for file in files:
        os.utime(file, (while_open, while_open))
    cloud.asked.clear()
    assert run()[0] == 0
    assert len(cloud.asked) == 3
    assert not files[-1].exists()


def test_a_missing_key_names_its_variable_and_its_setting(run, cloud):
    configure(cloud, api_key=None)
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err == (
        "voicegw: Provider 'acme' has no key that may read usage: set ACME_ADMIN_KEY, or api_key "
        "under providers.acme.usage_export in the config.\n"
    )
    assert cloud.asked == []


def test_a_key_of_the_environment(run, cloud, monkeypatch):
    configure(cloud, api_key=None)
    monkeypatch.setenv("ACME_OTHER_KEY", "the second")
    assert run()[0] == 0
    assert cloud.asked[0].headers["authorization"] == "Bearer the second"


def test_the_usual_key_where_no_other_is_needed(run, cloud, plugin, monkeypatch):
    plugin.variables = ()
    monkeypatch.setenv("ACME_API_KEY", "the usual")
    configure(cloud, api_key=None)
    assert run()[0] == 0
    assert cloud.asked[0].headers["authorization"] == "Bearer the usual"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((), "either --usage-file or --pull"),
        (("--pull", "--usage-file", "x.json"), "either --usage-file or --pull"),
        (("--usage-file", "x.json", "--folder", "y"), "go with --pull"),
        (("--usage-file", "x.json", "--anew"), "go with --pull"),
    ],
)
def test_what_does_not_go_together(run, cloud, asked, says):
    code, _, err = run(asked=asked)
    assert code == 2
    assert says in " ".join(err.replace("│", "").split())
    assert cloud.asked == []


@pytest.mark.parametrize("local", [False, True])
def test_a_vendor_that_cannot_be_asked_says_what_to_do(run, monkeypatch, local):
    monkeypatch.setattr(AskingPlugin, "local", local)
    asking = provider(AskingPlugin())
    monkeypatch.setattr(Registry, "get", lambda self, name: asking)
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err == (
        "voicegw: Acme runs on this machine: nobody bills its usage.\n"
        if local
        else "voicegw: Acme offers no usage that --pull could fetch: press Export on its page, and "
        "give the file with --usage-file.\n"
    )


def test_a_window_that_is_not_final_is_refused_before_anything_is_asked(run, cloud):
    code, _, err = run("--end", "2126-11-03")
    assert code == 2
    assert "a vendor's figures take up to" in err
    assert cloud.asked == []


def test_days_of_another_zone_are_refused(run, cloud):
    code, _, err = run("--timezone", "Europe/Berlin")
    assert code == 2
    assert "Acme reports days in UTC" in err
    assert cloud.asked == []


@pytest.mark.parametrize("trouble", [Trouble.REFUSED, Trouble.ECHO, Trouble.SENT_ON])
def test_the_key_is_in_no_message_and_no_file(run, cloud, tmp_path, trouble):
    cloud.troubles = [trouble]
    code, out, err = run("--json")
    assert (code, out) == (2, "")
    assert err.startswith(f"voicegw: {cloud.url}/usage ")
    assert err.count("\n") == 1
    assert KEY not in err
    for file in (tmp_path / "usage-exports").rglob("*"):
        assert file.is_dir()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RuntimeError(f"sent {KEY}"), "its plugin (voicegw-acme 1.0): RuntimeError."),
        (ValueError(f"what is {KEY}?"), "what is cana...aa17?"),
    ],
)
def test_a_plugins_own_error_does_not_show_the_key(run, plugin, error, says):
    plugin.broken = error
    code, _, err = run()
    assert code == 2
    assert says in err
    assert KEY not in err


def test_what_was_fetched_before_a_failure_is_kept(run, cloud, monkeypatch):
    cloud.troubles = [None, *[Trouble.BROKEN] * 5]
    code, _, err = run()
    assert code == 2
    assert "answered 500, 5 times: run the same command again later" in err
    cloud.asked.clear()
    assert run()[0] == 0
    assert [asked.one("page") for asked in cloud.asked] == ["1", "2"]


def test_the_usual_pace_is_polite():
    pace = pages.usual_pace()
    assert pace.between >= 0.25
    assert pace.tries * pace.silence <= 300
