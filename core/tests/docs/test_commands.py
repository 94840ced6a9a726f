"""Every command line in the documentation and in `deploy/` names what exists."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import typer.main

from voicegateway.cli.commands import app

ROOT = Path(__file__).parents[3]
PAGES = [
    ROOT / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("*/*/README.md")),
    *sorted(ROOT.glob("deploy/*.service")),
    *sorted(ROOT.glob("deploy/*.yml")),
]
COMMAND = typer.main.get_command(app)
_LINE = re.compile(r"(?:^|(?<=[\s`/(]))voicegw ((?:[^`\n]|\\\n)*)", re.MULTILINE)
_ENDS = {"&&", "||", "|", ";", ">", "<", ">>", "#", "\\"}
_PLACEHOLDERS = {"COMMAND", "…", ""}


def command_lines(text):
    """What follows `voicegw` wherever it stands in code, up to where the shell goes on."""
    code = re.findall(r"```(?:sh|console|bash)\n(.*?)```", text, re.DOTALL)
    code += re.findall(r"`(voicegw [^`]*)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    if not code and "```" not in text:
        code = [text]
    for block in code:
        for found in _LINE.finditer(block.replace("\\\n", " ")):
            yield _words(found[1])


def _words(line):
    lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    words = []
    try:
        for word in lexer:
            if word in _ENDS or set(word) <= set("();<>|&"):
                break
            words.append(word)
    except ValueError:  # a quote that the rest of the line would close
        pass
    return words


def fault(words):
    """What is wrong with a command line; None if nothing is."""
    command, rest, path = COMMAND, list(words), "voicegw"
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        name = rest.pop(0).rstrip(".,:")
        if name in _PLACEHOLDERS:
            return None
        if name not in command.commands:
            return f"{path} has no command {name!r}"
        command, path = command.commands[name], f"{path} {name}"
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    for word in rest:
        option = word.partition("=")[0].rstrip(".,:")
        if re.fullmatch(r"--?[a-z][a-z-]*", option) and option not in known | {"--help"}:
            return f"{path} has no option {option!r}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_tells_to_run_exists(page):
    faults = [fault(words) for words in command_lines(page.read_text())]
    assert [one for one in faults if one] == []


def test_the_lint_finds_what_does_not_exist():
    text = "```sh\nsudo x/voicegw costs --todya | less\n```\nand `voicegw provider list`"
    assert [fault(words) for words in command_lines(text)] == [
        "voicegw costs has no option '--todya'",
        "voicegw has no command 'provider'",
    ]


def test_the_lint_finds_the_lines_of_the_readme():
    found = list(command_lines((ROOT / "README.md").read_text()))
    assert ["costs"] in found
    assert ["serve"] in found
    assert ["models", "fetch", "--stack", "local"] in found


LISTS = [
    (path, words)
    for path in (ROOT / "deploy" / "Containerfile", ROOT / "deploy" / "docker-compose.yml")
    for words in re.findall(r'(?:CMD|command:) (\[".*\])', path.read_text())
    if "python" not in words and "pg_isready" not in words
]


@pytest.mark.parametrize(("path", "words"), LISTS, ids=lambda value: getattr(value, "name", ""))
def test_what_a_container_runs_exists(path, words):
    assert fault(json.loads(words)) is None


def test_both_container_files_run_something():
    assert {path.name for path, _ in LISTS} == {"Containerfile", "docker-compose.yml"}
