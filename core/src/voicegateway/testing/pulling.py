"""The tests that a plugin with `pull_usage_export` must pass, whoever wrote it.

    class TestPull(PullConformance):
        provider = "acme"
        start, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
        header, prefix = "authorization", "Bearer "

        def answer(self, asked):
            return PAGES[asked.path, asked.one("page")]

`answer` speaks the vendor's protocol: the JSON of a page, None for what it does not have. The
plugin has to be installed. Needs pytest, and neither LiveKit nor a network.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from voicegateway.authoring.pulling import Pace, PullError, pages
from voicegateway.core.registry import get_provider
from voicegateway.testing.usage_books import compared, write_books
from voicegateway.testing.usage_cloud import Trouble, UsageAsked, UsageCloud
from voicegateway.types import ProviderSettings, Secret

__all__ = ["PullConformance"]

_KEY = "canary-key-7d1f0c52ab9e"
_QUICK = Pace(between=0.0, first_wait=0.01, silence=0.5, page_time=5.0)
_PASSING = [Trouble.BUSY, Trouble.BROKEN, Trouble.CUT, Trouble.NOT_JSON, Trouble.DROPPED]
_LASTING = {
    Trouble.REFUSED: "refuses the key (401)",
    Trouble.SENT_ON: "points at another address",
    Trouble.BUSY_FOR_LONG: "asks to wait 86400 s",
    Trouble.ECHO: "answered with the key in it",
}
_PULL = """
import sys
from datetime import datetime
from pathlib import Path
from voicegateway.core.registry import get_provider
from voicegateway.types import ProviderSettings, Secret
name, key, url, folder, start, end, extra = sys.argv[1:]
settings = ProviderSettings(name, Secret(key), url, eval(extra))
moments = map(datetime.fromisoformat, (start, end))
for file in get_provider(name).pull_usage_export(settings, *moments, Path(folder)):
    print(file.name, flush=True)
"""


class PullConformance:
    """Subclass it, describe the vendor, and let pytest collect it."""

    provider: ClassVar[str]
    start: ClassVar[datetime]
    end: ClassVar[datetime]
    header: ClassVar[str]
    """In lower case: where the key is."""
    prefix: ClassVar[str] = ""
    extra: ClassVar[Mapping[str, object]] = {}
    """What the config's `usage_export` has besides."""

    def answer(self, asked: UsageAsked) -> Any:
        raise NotImplementedError

    @pytest.fixture
    def cloud(self) -> Iterator[UsageCloud]:
        with UsageCloud(self._answer) as cloud:
            yield cloud

    @pytest.fixture(autouse=True)
    def _quickly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._answers: list[Any] = []
        monkeypatch.setattr(pages, "usual_pace", lambda: _QUICK)

    def _answer(self, asked: UsageAsked) -> Any:
        if asked.headers.get(self.header) != f"{self.prefix}{_KEY}":
            return None
        self._answers.append(self.answer(asked))
        return self._answers[-1]

    def settings(self, cloud: UsageCloud) -> ProviderSettings:
        return ProviderSettings(self.provider, Secret(_KEY), cloud.url, self.extra)

    def pull(self, cloud: UsageCloud, folder: Path) -> list[Path]:
        """Every page of the window."""
        files = get_provider(self.provider).pull_usage_export(
            self.settings(cloud), self.start, self.end, folder
        )
        assert files is not None, "the plugin has no pull_usage_export"
        return list(files)

    def test_each_page_is_asked_for_once_and_can_be_read(
        self, cloud: UsageCloud, tmp_path: Path
    ) -> None:
        files = self.pull(cloud, tmp_path)
        assert len(files) == len(cloud.asked) == len(set(files)) > 0
        assert sorted(files) == sorted(tmp_path.iterdir())
        for file in files:
            lines = get_provider(self.provider).read_usage_export(file)
            assert lines is not None
            for line in lines:
                assert line.start < self.end
                assert line.end > self.start

    def test_the_ledger_compares_with_pages_as_with_files_saved_by_hand(
        self, cloud: UsageCloud, tmp_path: Path
    ) -> None:
        provider = get_provider(self.provider)
        pulled = self.pull(cloud, tmp_path / "pulled")
        saved = [tmp_path / f"{number}.json" for number in range(len(self._answers))]
        for file, answer in zip(saved, self._answers, strict=True):
            file.write_text(json.dumps(answer, indent=1))
        write_books(tmp_path / "ledger.db", provider, saved)
        by_pages, by_hand = (
            compared(tmp_path / "ledger.db", provider, self.start, self.end, files).to_json()
            for files in (pulled, saved)
        )
        assert by_pages == by_hand
        assert by_pages["rows"]

    def test_a_second_run_asks_for_nothing(self, cloud: UsageCloud, tmp_path: Path) -> None:
        files = self.pull(cloud, tmp_path)
        cloud.asked.clear()
        assert self.pull(cloud, tmp_path) == files
        assert cloud.asked == []

    @pytest.mark.parametrize("trouble", _PASSING)
    def test_what_passes_is_tried_again(
        self, cloud: UsageCloud, tmp_path: Path, trouble: Trouble
    ) -> None:
        whole = {file.name: file.read_bytes() for file in self.pull(cloud, tmp_path / "whole")}
        cloud.troubles = [trouble, None, trouble]
        found = {file.name: file.read_bytes() for file in self.pull(cloud, tmp_path / "other")}
        assert found == whole
        assert len(cloud.asked) > 2 * len(whole)

    @pytest.mark.parametrize("trouble", _LASTING)
    def test_what_does_not_pass_is_one_sentence_and_no_file(
        self, cloud: UsageCloud, tmp_path: Path, trouble: Trouble
    ) -> None:
        with UsageCloud(self._answer) as other:
            cloud.troubles, cloud.elsewhere = [trouble], f"{other.url}/elsewhere"
            with pytest.raises(PullError) as caught:
                self.pull(cloud, tmp_path)
            assert _LASTING[trouble] in str(caught.value)
            assert len(cloud.asked) == 1
            assert other.asked == []
        assert list(tmp_path.iterdir()) == []

    def test_silence_ends(self, cloud: UsageCloud, tmp_path: Path) -> None:
        cloud.troubles = [Trouble.SILENT] * _QUICK.tries
        with pytest.raises(PullError, match="said nothing for too long, 5 times"):
            self.pull(cloud, tmp_path)

    def test_after_a_kill_no_page_is_asked_for_again(
        self, cloud: UsageCloud, tmp_path: Path
    ) -> None:
        names = [file.name for file in self.pull(cloud, tmp_path / "whole")]
        queries = [asked.query for asked in cloud.asked]
        came = min(1, len(names) - 1)
        cloud.asked.clear()
        cloud.troubles = [*[None] * came, Trouble.SILENT]
        self._kill_when_silent(cloud, tmp_path / "killed")
        assert len(cloud.asked) == came + 1
        cloud.asked.clear()
        files = self.pull(cloud, tmp_path / "killed")
        assert [asked.query for asked in cloud.asked] == queries[came:]
        assert [file.name for file in files] == names

    def _kill_when_silent(self, cloud: UsageCloud, folder: Path) -> None:
        """As the process waits for a page."""
        given = [self.provider, _KEY, cloud.url, str(folder)]
        window = [self.start.isoformat(), self.end.isoformat(), repr(dict(self.extra))]
        wanted = len(cloud.troubles)
        command = [sys.executable, "-c", _PULL, *given, *window]
        with subprocess.Popen(command) as process:  # noqa: S603 - this interpreter
            while len(cloud.asked) < wanted and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL

    @pytest.mark.parametrize("trouble", [None, *Trouble])
    def test_the_key_is_nowhere(
        self,
        cloud: UsageCloud,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
        trouble: Trouble | None,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        cloud.troubles = [trouble] * _QUICK.tries
        said = repr(self.settings(cloud))
        try:
            self.pull(cloud, tmp_path)
        except PullError as error:
            said += f"{error!r} {error.__cause__!r} {error.__context__!r}"
        printed = capfd.readouterr()
        assert _KEY not in said + caplog.text + printed.out + printed.err
        for file in tmp_path.rglob("*"):
            assert _KEY not in file.name
            assert _KEY.encode() not in file.read_bytes()
