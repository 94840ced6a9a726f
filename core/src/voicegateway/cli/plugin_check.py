"""`voicegw plugins check`: whether installed plugins keep the contract."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli import completion
from voicegateway.cli.output import ConfigOption, JsonOption, print_json, print_table

if TYPE_CHECKING:
    from voicegateway.core.inspection import CheckResult
    from voicegateway.core.registry import PluginRecord

__all__ = ["check"]

_AT_ONCE = 4


def check(
    providers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="Provider ids; all that are installed by default.",
            autocompletion=completion.providers,
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds that one plugin may take.")
    ] = 60.0,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Say which rules of the contract a plugin breaks.

    Each is looked at in a process of its own, with a time limit: it is loaded, asked about
    itself, and has its prices and verdicts tried on made-up streams; no vendor is called.
    """
    from concurrent.futures import ThreadPoolExecutor  # 25 ms

    from voicegateway.cli.plugins import registry_of

    registry = registry_of(config)
    records = registry.records()
    for provider in providers or ():
        if provider not in {record.provider for record in records}:
            registry.get(provider)  # raises the error that says what to install
    chosen = [r for r in records if (r.provider in providers if providers else _in_use(r))]
    with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1)) as threads:
        reports = list(threads.map(lambda record: _report(record, timeout), chosen))
    if as_json:
        print_json([report.to_json() for report in reports])
    elif reports:
        _show(reports)
    else:
        typer.echo("No provider plugin is installed, so there is nothing to check.")
    if not all(report.ok for report in reports):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Report:
    record: PluginRecord
    results: list[CheckResult]

    @property
    def ok(self) -> bool:
        return all(result.outcome != "failed" for result in self.results)

    def to_json(self) -> dict[str, object]:
        return {
            "provider": self.record.provider,
            "distribution": self.record.distribution,
            "version": self.record.version,
            "ok": self.ok,
            "checks": [
                {"check": one.step.value, "result": one.outcome, "detail": one.detail}
                for one in self.results
            ],
        }


def _in_use(record: PluginRecord) -> bool:
    return record.status != "disabled"


def _report(record: PluginRecord, timeout: float) -> _Report:
    return _Report(record, list(_results(record, timeout)))


def _results(record: PluginRecord, timeout: float) -> Iterator[CheckResult]:
    from voicegateway.core.inspection import CheckResult, Step, Task, ask, claims_of

    conflict = record.error if record.status == "conflict" else None
    yield CheckResult(Step.CLAIM, "failed" if conflict else "ok", conflict or "")
    (answer,) = ask(Task.CHECK, claims_of([record]), timeout)
    for step, outcome, detail in answer.values:
        yield CheckResult(Step(step), outcome, detail)
    if answer.trouble is not None:
        yield CheckResult(answer.trouble.step, "failed", answer.trouble.what)


def _show(reports: list[_Report]) -> None:
    print_table(
        ("Provider", "Distribution", "Version", "Check", "Result"),
        [
            (r.record.provider, r.record.distribution, r.record.version, one.step, _result(one))
            for r in reports
            for one in r.results
        ],
    )
    failures = [
        f"{r.record.provider} ({r.record.distribution} {r.record.version}), {one.step}: "
        f"{one.detail.rstrip('.')}."
        for r in reports
        for one in r.results
        if one.outcome == "failed"
    ]
    typer.echo("")
    for failure in failures:
        typer.echo(failure)
    healthy = sum(report.ok for report in reports)
    typer.echo(f"{healthy} of {len(reports)} plugins are ok.")


def _result(result: CheckResult) -> str:
    return f"skipped: {result.detail}" if result.outcome == "skipped" else result.outcome
