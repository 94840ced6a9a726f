"""Every command's `--help` is a small manual: summary, options, examples, exit codes."""

from __future__ import annotations

import shlex

import pytest
import typer.main
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.cli.manual import PAGES


def commands(group, before=()):
    for name, command in group.commands.items():
        path = (*before, name)
        if hasattr(command, "commands"):
            yield from commands(command, path)
        else:
            yield " ".join(path), command


COMMANDS = dict(commands(typer.main.get_command(app)))


def shown(*arguments):
    result = CliRunner(env={"COLUMNS": "80"}).invoke(app, [*arguments, "--help"])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_and_argument_is_explained(name):
    unexplained = [
        parameter.name
        for parameter in COMMANDS[name].params
        if len(getattr(parameter, "help", None) or "") < 8
    ]
    assert unexplained == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_is_one_line_and_ends(name):
    summary, _, _ = COMMANDS[name].help.partition("\n\n")
    assert "\n" not in summary
    assert summary.endswith(".")


@pytest.mark.parametrize("group", [(), ("plugins",), ("models",), ("keys",)])
def test_no_summary_is_cut_off_in_a_list(group):
    if group and not any(name.startswith(f"{group[0]} ") for name in COMMANDS):
        pytest.skip(f"there are no commands {group[0]}")
    assert "..." not in shown(*group).partition("Commands:")[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_there_are_examples_and_exit_codes(name):
    page = shown(*name.split())
    _, _, after = page.partition("Examples:")
    examples, _, codes = after.partition("Exit codes:")
    assert f"voicegw {name}" in examples
    assert "0  fine" in codes
    assert "2  wrong use" in codes


def test_every_command_has_a_page():
    assert set(COMMANDS) - set(PAGES) == set()


EXAMPLES = [line for name, page in PAGES.items() if name in COMMANDS for line in page.examples]


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_is_accepted_by_its_command(line):
    program, *words = shlex.split(line.partition(" < ")[0], comments=True)
    assert program == "voicegw"
    name = " ".join(words[:2]) if " ".join(words[:2]) in COMMANDS else words[0]
    with COMMANDS[name].make_context(name, words[len(name.split()) :]) as context:
        assert context.params


READS = {
    *("costs", "logs", "latency", "sessions", "session", "explain", "projects", "project"),
    *("prices", "status", "doctor", "plugins list", "plugins info", "plugins check"),
    *("models list", "models path", "export-costs", "reconcile", "reprice", "keys list"),
}


@pytest.mark.parametrize("name", sorted(READS & set(COMMANDS)))
def test_what_reads_can_print_json(name):
    assert any("--json" in parameter.opts for parameter in COMMANDS[name].params)
