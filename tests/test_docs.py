"""The documentation points at what exists, and its Python compiles."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from textwrap import dedent

import pytest

from voicegateway import hookspecs
from voicegateway.cli.plugin_package import package_names, write_package

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("benchmarks/**/*.md")),
    *sorted(ROOT.glob("*/*/README.md")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_blocks_compile(page):
    for block in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL):
        compile(dedent(block), str(page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


HOOKS = [
    name
    for name, value in vars(hookspecs).items()
    if hasattr(value, f"{hookspecs.PROJECT_NAME}_spec")
]
HOOK_PAGES = ROOT / "docs" / "plugins" / "hooks"


def test_every_hook_has_a_page_and_every_page_a_hook():
    assert {path.stem for path in HOOK_PAGES.glob("*.md")} == set(HOOKS)
    index = (ROOT / "docs" / "plugins" / "README.md").read_text()
    assert [name for name in HOOKS if f"(hooks/{name}.md)" not in index] == []


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hooks_page_has_its_signature_and_every_argument(hook):
    page = (HOOK_PAGES / f"{hook}.md").read_text()
    arguments = list(inspect.signature(getattr(hookspecs, hook)).parameters)
    assert page.startswith(f"# {hook}\n")
    assert f"```python\n{hook}({', '.join(arguments)})  # -> " in page
    assert re.findall(r"^\| `(\w+)` \| \S", page, re.MULTILINE) == arguments


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hooks_page_has_the_example_that_is_tested(hook):
    """Each hook's documentation holds one, which the core's tests install and ask."""
    _, _, example = inspect.getdoc(getattr(hookspecs, hook)).partition("\nFor example:\n\n")
    _, _, shown = (HOOK_PAGES / f"{hook}.md").read_text().partition("## Example\n\n```python\n")
    assert shown.endswith("```\n")
    assert parsed(shown.removesuffix("```\n")) == parsed(dedent(example))


def parsed(code):
    """What the code says, however it is laid out: the formatter lays out pages too."""
    return ast.dump(ast.parse(code))


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """What `voicegw plugins new acme` writes: its own tests prove it."""
    folder = tmp_path_factory.mktemp("new") / "voicegw-acme"
    write_package(folder, package_names("acme"))
    return folder


QUOTED = [page for page in PAGES if "<!-- from: " in page.read_text()]


@pytest.mark.parametrize("page", QUOTED, ids=lambda page: page.name)
def test_quoted_code_is_in_the_package_that_it_is_from(page, package):
    quotes = re.findall(r"<!-- from: (\S+) -->\n```\w+\n(.*?)```", page.read_text(), re.DOTALL)
    assert len(quotes) == page.read_text().count("<!-- from: ")
    for file, block in quotes:
        found = closed_up(block) in closed_up((package / file).read_text())
        assert found, f"{file} has no longer:\n{block}"


def closed_up(code):
    """Without spaces and lines: what is quoted out of a function is not indented on the page."""
    return "".join(code.split())


def test_the_tutorial_quotes_the_package():
    assert {page.name for page in QUOTED} >= {"prices.md", "testing.md", "tutorial.md"}


def test_the_readmes_two_commands_are_toxs():
    readme, tox = (ROOT / "README.md").read_text(), (ROOT / "tox.ini").read_text()
    assert "python -m pip install tox && python -m tox run -e demo" in readme
    assert "python -m pip install tox && python -m tox\n" in readme
    assert "[testenv:demo]" in tox
    environments = re.search(r"^env_list =((?:.*\n)(?:[ \t]+.*\n)*)", tox, re.MULTILINE)[1]
    assert set(re.findall(r"[\w-]+", environments)) >= {"lint", "type", "bare", "core", "cross"}
